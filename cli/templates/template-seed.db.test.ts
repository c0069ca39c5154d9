import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallLedgerStore } from '../../db/call-ledgers.ts';
import { createFlowVersionStore } from '../../db/flow-versions.ts';
import { createTestDatabase, type TestDatabase } from '../../test/database-fixture.ts';
import { flowAgainst, type FlowSources } from '../replay/flow-against.ts';
import { openSeedStores, type SeedStores } from '../seed/seed-stores.ts';
import { seedTenant } from '../seed/seed-tenant.ts';
import { readTemplate, templateNames } from './flow-template.ts';
import { templateSeed } from './template-seed.ts';

const tenantId = 'acme';
let fixture: TestDatabase;
let folder: string;
let stores: SeedStores;
let sources: FlowSources;
beforeAll(async () => {
  fixture = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'templates-'));
  stores = await openSeedStores({ databaseUrl: fixture.applicationUrl, keyFile: join(folder, 'keys.json') });
  sources = { ...stores, ledgers: createCallLedgerStore(stores.database) };
});
afterAll(async () => {
  await stores.database.close();
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

it.each(templateNames())('%s is published in one go, with its scenarios, and once only', async (name) => {
  const request = templateSeed(name, { tenantId, crmPort: 4030 });
  expect(await seedTenant(stores, request)).toMatchObject({ tenantId, flowVersionId: `${name}@1` });
  expect(await seedTenant(stores, request)).toMatchObject({ flowVersionId: `${name}@1` });
  const version = await createFlowVersionStore(stores.database).readFlowVersion(tenantId, name, 1);
  expect(version?.scenarios).toEqual(request.scenarios);
});

describe('what a call is played against', () => {
  const name = 'keypad-menu';

  it('is a draft, a version as it was published, or a file', async () => {
    const { flow: document } = readTemplate(name);
    const menu = document.nodes['main-menu'];
    if (menu?.type !== 'menu') throw new Error('the template has a menu');
    const changed = { ...document, nodes: { ...document.nodes, 'main-menu': { ...menu, tries: 5 } } };
    await stores.drafts.saveDraft({ tenantId, flowId: name, document: changed, baseRevision: 'any' });
    const elsewhere = {
      timeZone: 'Europe/London',
      weekly: [{ days: ['mon'], from: '08:00', to: '09:00' }],
      holidays: [{ name: 'holiday', from: '2199-12-25', hours: 'closed' }],
    };
    await stores.parts.storeParts(tenantId, { calendars: { 'line-hours': elsewhere } });
    const draft = await flowAgainst(sources, tenantId, name);
    expect(draft).toMatchObject({
      name: 'the draft of keypad-menu',
      flowId: name,
      flow: { nodes: { 'main-menu': { tries: 5 } }, calendars: { 'line-hours': { timeZone: 'Europe/London' } } },
    });
    const version = await flowAgainst(sources, tenantId, `${name}@1`);
    expect(version).toMatchObject({
      name: `${name}@1`,
      flow: { nodes: { 'main-menu': { tries: 2 } }, calendars: { 'line-hours': { timeZone: 'Europe/Prague' } } },
    });
    const file = join(folder, 'changed.json');
    await writeFile(file, JSON.stringify(changed));
    expect(await flowAgainst(sources, tenantId, file)).toEqual({ name: file, flow: draft.flow });
  });

  it('is refused by name where there is none, and with what is wrong where it cannot be compiled', async () => {
    const against = (wanted: string) => flowAgainst(sources, tenantId, wanted);
    await expect(against('nothing')).rejects.toMatchObject({ code: 'flow-unknown' });
    await expect(against(`${name}@9`)).rejects.toMatchObject({ code: 'flow-version-unknown' });
    await expect(against(join(folder, 'missing.json'))).rejects.toMatchObject({ code: 'document-invalid' });
    const write = async (content: string): Promise<string> => {
      const file = join(folder, 'bad.json');
      await writeFile(file, content);
      return file;
    };
    await expect(against(await write('{'))).rejects.toThrow('is no JSON');
    await expect(against(await write('{"nodes":[]}'))).rejects.toThrow('is no flow');
    const { flow } = readTemplate(name);
    await expect(against(await write(JSON.stringify({ ...flow, fault: 'nowhere' })))).rejects.toThrow('has errors');
  });
});
