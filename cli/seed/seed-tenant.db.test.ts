import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { createWebhookStore } from '../../db/webhooks.ts';
import { createTestDatabase, type TestDatabase } from '../../test/database-fixture.ts';
import { openSeedStores, type SeedStores } from './seed-stores.ts';
import { seedTenant } from './seed-tenant.ts';

let fixture: TestDatabase;
let folder: string;
let stores: SeedStores;
beforeAll(async () => {
  fixture = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'seed-'));
  stores = await openSeedStores({ databaseUrl: fixture.applicationUrl, keyFile: join(folder, 'keys.json') });
});
afterAll(async () => {
  await stores.database.close();
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

const flow: FlowDocument = {
  schemaVersion: 1,
  name: 'Květinka',
  languages: ['cs-CZ'],
  voiceId: { 'cs-CZ': 'cs-CZ-Standard-A' },
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'hours' } },
    hours: { type: 'hours', calendarId: 'shop', edges: { open: 'bye', closed: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.' },
  },
};
const shop = { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] };
const request = {
  documents: [],
  tenantId: 'flowers',
  flowId: 'shop-hours',
  flow,
  parts: {
    calendars: { shop },
    webhooks: { sales: { url: 'https://crm.test/notices', secret: 'whsec' } },
    agents: { jana: { name: 'Jana' } },
  },
  scenarios: {
    closed: {
      scenarioVersion: 1,
      name: 'Closed',
      clock: '2026-11-29T12:00 Europe/Prague',
      expect: { path: ['start', 'hours: closed', 'bye'] },
    },
  },
  number: { phoneNumber: '+420555000700', accountId: 'AC1' },
};

test('a flow is seeded with all that it refers to, and calls find it', async () => {
  expect(await seedTenant(stores, request)).toMatchObject({ tenantId: 'flowers', flowVersionId: 'shop-hours@1' });
  expect(await seedTenant(stores, request)).toMatchObject({ flowVersionId: 'shop-hours@1' });
  const route = await stores.numbers.routeForNumber({ tenantIds: ['flowers'], phoneNumber: '+420555000700' });
  expect(route).toMatchObject({
    language: 'cs-CZ',
    degradedPlan: { language: 'cs-CZ', voiceId: 'cs-CZ-Standard-A' },
    flow: { flowVersionId: 'shop-hours@1', compiled: { calendars: { shop } } },
  });
  expect((await stores.drafts.readDraft('flowers', 'shop-hours'))?.scenarios).toEqual(request.scenarios);
  const webhooks = createWebhookStore(stores);
  expect(await webhooks.readWebhook('flowers', 'sales')).toMatchObject({ secret: 'whsec' });
});

test('what a flow carries has changed: the same document is a new version', async () => {
  const longer = { ...shop, weekly: [{ days: ['mon'], from: '07:00', to: '18:00' }] };
  const changed = { ...request, parts: { calendars: { shop: longer } } };
  expect(await seedTenant(stores, changed)).toMatchObject({ flowVersionId: 'shop-hours@2' });
});

test('who seeds an assistant that has lost a tool is told which flows leave it to that assistant, and where', async () => {
  const document = (tools: object[]) => ({
    tenant_id: 'flowers',
    assistant_id: 'reception',
    name: 'Recepce',
    system_prompt: 'Pomáháš volajícím.',
    language: 'cs-CZ',
    model_config: { realtime_model: 'gemini-2.5-flash-native-audio' },
    voice_config: { voice_id: 'Aoede' },
    tools,
  });
  const findOrder = { type: 'http', name: 'find_order', endpoint: 'https://crm.test/orders', description: 'Finds it' };
  await seedTenant(stores, { documents: [document([findOrder])] });
  const talk: FlowDocument = {
    ...flow,
    nodes: {
      start: { type: 'start', edges: { next: 'talk' } },
      talk: { type: 'assistant', assistantId: 'reception', tools: ['find_order'], edges: { ended: 'bye' } },
      bye: { type: 'hangup' },
    },
  };
  await seedTenant(stores, { documents: [], tenantId: 'flowers', flowId: 'evening', flow: talk });
  const { notices } = await seedTenant(stores, { documents: [document([])] });
  expect(notices.filter((notice) => notice.includes('evening'))).toEqual([
    'the flow evening, which calls meet in version 1, no longer fits at /nodes/talk/tools/0: ' +
      'the assistant reception has no tool find_order; it has none',
  ]);
});

test('a flow that could not be published writes nothing', async () => {
  const refused = seedTenant(stores, { ...request, tenantId: 'nobody', parts: {} });
  await expect(refused).rejects.toThrow('there is no calendar shop');
  expect(await stores.tenants.readTenant('nobody')).toBeUndefined();
  const toItself: FlowDocument = {
    ...flow,
    nodes: {
      start: { type: 'start', edges: { next: 'on' } },
      on: {
        type: 'transfer',
        to: { phoneNumber: '+420555000700' },
        ringTimeoutS: 20,
        edges: { completed: 'bye', busy: 'bye', noAnswer: 'bye', declined: 'bye', failed: 'bye' },
      },
      bye: { type: 'hangup' },
    },
  };
  const round = seedTenant(stores, { ...request, tenantId: 'nobody', flow: toItself });
  await expect(round).rejects.toThrow('+420555000700 rings this very flow');
});
