import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBundle, stringifyBundle } from '../contracts/flow/bundle/bundle.ts';
import { readReferenceMap } from '../contracts/flow/bundle/map-references.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { madeUpAssistant } from '../test/made-up-assistant.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { madeUpWav } from '../test/made-up-wav.ts';
import { createAssistantStore } from './assistants.ts';
import { createFlowExchange } from './flow-exchange.ts';
import { createFlowPartStore } from './flow-parts.ts';
import { createFlowPublisher } from './flow-publishing.ts';
import { createFlowStore, DraftConflict } from './flows.ts';
import { createFileKeyProvider } from './key-provider.ts';
import { createSealer } from './sealing.ts';
import { createWebhookStore } from './webhooks.ts';

const nowMs = () => Date.parse('2026-11-26T10:00Z');
let fixture: TestDatabase;
let folder: string;
let deps: Parameters<typeof createFlowExchange>[0];
beforeAll(async () => {
  fixture = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  await addTenants(fixture.database);
  const sealer = createSealer(createFileKeyProvider(join(folder, 'keys.json')));
  deps = { database: fixture.database, sealer, nowMs };
  await fill('acme');
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

const flow: FlowDocument = {
  schemaVersion: 1,
  name: 'Květinka',
  languages: ['cs-CZ'],
  voiceId: 'v',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'hours' } },
    hours: { type: 'hours', calendarId: 'shop', edges: { open: 'hello', closed: 'bye' } },
    hello: { type: 'say', text: { promptId: 'hello' }, edges: { next: 'crm' } },
    crm: { type: 'http', toolId: 'crm', edges: { ok: 'tell', failed: 'bye', timeout: 'bye' } },
    tell: { type: 'notify', to: { webhookId: 'sales' }, text: 'Somebody calls.', edges: { next: 'talk' } },
    talk: { type: 'assistant', assistantId: 'sales', edges: { ended: 'bye' } },
    bye: { type: 'hangup' },
  },
  layout: { start: { x: 0, y: 0 } },
};
const scenarios = {
  open: {
    scenarioVersion: 1,
    name: 'Open',
    clock: '2026-11-30T12:00 Europe/Prague',
    answers: { tools: { crm: { data: { vip: true } } }, assistants: { sales: { outcome: 'ended' } } },
    expect: { tools: [{ tool: 'crm' }], notified: [{ to: 'sales' }], path: ['...', 'bye'] },
  },
};
const secrets = {
  tools: { crm: { headers: { authorization: 'Bearer very-secret-crm' } } },
  webhooks: { sales: { secret: 'very-secret-hook' } },
};

/** What the flow refers to, with secrets, and the flow itself. */
async function fill(tenantId: string): Promise<void> {
  await createFlowPartStore(deps).storeParts(tenantId, {
    calendars: { shop: { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] } },
    prompts: { hello: { files: { 'cs-CZ': madeUpWav(1500) } } },
    webhooks: { sales: { url: 'https://crm.test/notices', secret: 'very-secret-hook' } },
    tools: [
      {
        toolId: 'crm',
        name: 'crm',
        description: 'Who calls',
        type: 'http',
        endpoint: 'https://crm.test/who',
        method: 'POST',
        headers: { authorization: 'Bearer very-secret-crm' },
        timeoutMs: 2000,
        idempotent: true,
        maxResponseBytes: 1000,
      },
    ],
  });
  await addAssistant(tenantId, 'sales');
  const draft = { tenantId, flowId: 'shop', document: flow, scenarios, baseRevision: 0 };
  await createFlowStore(fixture.database).saveDraft(draft);
}

async function addAssistant(tenantId: string, assistantId: string): Promise<void> {
  await createAssistantStore(fixture.database).publishAssistant(
    tenantId,
    madeUpAssistant(assistantId, { outcomes: [] }),
  );
}

test('what is exported, imported elsewhere and exported again is the same to the byte, and holds no secret', async () => {
  const exchange = createFlowExchange(deps);
  const text = stringifyBundle(await exchange.exportFlow('acme', 'shop', 'draft'));
  expect(text).not.toMatch(/very-secret/);
  const bundle = readBundle(JSON.parse(text));
  expect(bundle.leftOut).toEqual(['tools.crm.headers.authorization', 'webhooks.sales.secret']);
  expect(stringifyBundle(bundle)).toBe(text);

  const given = await exchange.importFlow({ tenantId: 'other', bundle, secrets, baseRevision: 0, savedBy: 'petr' });
  expect(given.missing).toEqual([{ kind: 'assistants', id: 'sales', needs: expect.stringContaining('map it') }]);
  await addAssistant('other', 'sales');
  expect(stringifyBundle(await exchange.exportFlow('other', 'shop', 'draft'))).toBe(text);

  expect(await createWebhookStore(deps).readWebhook('other', 'sales')).toMatchObject({ secret: 'very-secret-hook' });
  const [tool] = await createAssistantStore(fixture.database).readTools('other');
  expect(tool?.headers).toEqual({ authorization: 'Bearer very-secret-crm' });
  const check = await createFlowPublisher(deps).checkFlow('other', 'shop', given.draft.document);
  const errors = check.problems.filter(({ severity, code }) => severity === 'error' && code !== 'not-live-yet');
  expect(errors).toEqual([]);
  expect(check.scenarios).toMatchObject([{ scenarioId: 'open', ok: true }]);
});

test('an import without the secrets asks for them, and makes the rest', async () => {
  await fixture.database
    .forTenant('third')
    .run((em) => em.execute(`insert into tenants (id, name) values ('third', 'Third')`));
  const exchange = createFlowExchange(deps);
  const bundle = await exchange.exportFlow('acme', 'shop', 'draft');
  const { create, missing } = await exchange.importFlow({ tenantId: 'third', bundle, flowId: 'copy', baseRevision: 0 });
  expect(Object.keys(create.calendars)).toEqual(['shop']);
  expect(missing.map(({ kind, id, needs }) => `${kind} ${id}: ${needs}`)).toEqual([
    'tools crm: give its header authorization with the secrets, or map it to one that is here',
    'webhooks sales: give its secret with the secrets, or map it to one that is here',
    'assistants sales: make it here, or map it to one that is here',
  ]);
});

test('an import takes names of its new tenant, in nodes and scenarios', async () => {
  const exchange = createFlowExchange(deps);
  const bundle = await exchange.exportFlow('acme', 'shop', 'draft');
  const map = readReferenceMap(['assistant:sales=prodej', 'tool:crm=kartoteka', 'webhook:sales=obchod']);
  const { draft, missing } = await exchange.importFlow({
    tenantId: 'other',
    bundle,
    flowId: 'two',
    map,
    baseRevision: 0,
  });
  expect(draft.document.nodes).toMatchObject({
    crm: { toolId: 'kartoteka' },
    tell: { to: { webhookId: 'obchod' } },
    talk: { assistantId: 'prodej' },
  });
  expect(draft.scenarios).toMatchObject({
    open: { expect: { tools: [{ tool: 'kartoteka' }], notified: [{ to: 'obchod' }] } },
  });
  expect(missing.map(({ id }) => id).toSorted()).toEqual(['kartoteka', 'obchod', 'prodej']);
});

test('an import is not put over what somebody else has drawn', async () => {
  const exchange = createFlowExchange(deps);
  const bundle = await exchange.exportFlow('acme', 'shop', 'draft');
  const changed = { ...bundle, flow: { ...bundle.flow, name: 'Changed' } };
  const refused = exchange.importFlow({ tenantId: 'acme', bundle: changed, baseRevision: 0 });
  await expect(refused).rejects.toBeInstanceOf(DraftConflict);
  const again = await exchange.importFlow({ tenantId: 'acme', bundle: changed, baseRevision: 1 });
  expect(again.draft.revision).toBe(2);
  const drawnAlone = { ...bundle, scenarios: {} };
  const alone = await exchange.importFlow({ tenantId: 'acme', bundle: drawnAlone, baseRevision: 2 });
  expect(alone.draft).toMatchObject({ revision: 3, scenarios });
  await expect(exchange.exportFlow('acme', 'shop', 'live')).rejects.toMatchObject({ code: 'flow-version-unknown' });
  await expect(exchange.exportFlow('acme', 'none', 'draft')).rejects.toMatchObject({ code: 'flow-unknown' });
});
