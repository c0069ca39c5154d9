import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { ToolDefinition } from '../contracts/tools.ts';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createAssistantStore, type AssistantDraft, type AssistantStore } from './assistants.ts';
import { createFlowPublisher, type FlowPublisher } from './flow-publishing.ts';
import { createFlowVersionStore } from './flow-versions.ts';
import { createFlowStore, type FlowStore } from './flows.ts';
import { createLookups } from './lookups.ts';
import { createPhoneNumberStore, type PhoneNumberStore } from './phone-numbers.ts';

let fixture: TestDatabase;
let assistants: AssistantStore;
let flows: FlowStore;
let publisher: FlowPublisher;
let numbers: PhoneNumberStore;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  assistants = createAssistantStore(fixture.database);
  flows = createFlowStore(fixture.database);
  publisher = createFlowPublisher({ database: fixture.database, nowMs: () => Date.parse('2026-11-26T10:00Z') });
  numbers = createPhoneNumberStore(fixture.database);
});
afterAll(() => fixture.close());

const tool: ToolDefinition = {
  toolId: 'find-order',
  name: 'find_order',
  description: 'Finds an order',
  type: 'http',
  endpoint: 'http://127.0.0.1:4030/orders',
  method: 'POST',
  headers: { authorization: 'Bearer {{secrets.crm}}' },
  timeoutMs: 3000,
  idempotent: true,
  maxResponseBytes: 65_536,
};
const assistant = (assistantId: string, more: Partial<AssistantDraft> = {}): AssistantDraft => ({
  assistantId,
  name: 'Recepce',
  systemPrompt: 'Jsi recepční.',
  language: 'cs-CZ',
  model: { modelId: 'gemini-2.5-flash-native-audio', fallbackModelIds: [], latencyProfile: 'fast', temperature: 0.4 },
  voice: { voiceId: 'cs-CZ-Standard-A', modelVoice: 'Aoede', bargeIn: true, bargeInGreeting: false },
  escalationKeywords: ['stížnost'],
  tools: [tool],
  outcomes: [],
  maxDurationMs: 600_000,
  ...more,
});
const document = (assistantId: string, name = 'Recepce'): FlowDocument => ({
  schemaVersion: 1,
  name,
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'talk' } },
    talk: { type: 'assistant', assistantId, edges: { ended: 'bye' } },
    bye: { type: 'hangup' },
  },
});
const degradedPlan: DegradedPlan = {
  language: 'cs-CZ',
  voiceId: 'cs-CZ-Standard-A',
  steps: [{ type: 'say', text: 'Omlouváme se.' }],
};
const number = (flowId: string, phoneNumber: string) => ({
  phoneNumber,
  accountId: 'AC1',
  flowId,
  language: 'cs-CZ',
  degradedPlan,
});

const versions = () => createFlowVersionStore(fixture.database);
const publishFlow = (tenantId: string, flowId: string, drawn: FlowDocument, publishedBy = 'jana') =>
  publisher.publishFlow({ tenantId, flowId, document: drawn, baseRevision: 'any', publishedBy });

test('publishing an assistant makes a version, the same again does not, a change makes the next', async () => {
  const first = await assistants.publishAssistant('acme', assistant('a', { greeting: undefined }));
  expect(first).toMatchObject({ version: 1, versionId: 'a@1', tools: [tool] });
  expect(await assistants.publishAssistant('acme', assistant('a'))).toEqual(first);
  const second = await assistants.publishAssistant('acme', assistant('a', { systemPrompt: 'Jsi jiná.' }));
  expect(second).toMatchObject({ version: 2, versionId: 'a@2' });
  expect(await assistants.readAssistantVersion('acme', 'a@1')).toEqual(first);
  expect(await assistants.readLiveAssistants('acme', ['a', 'unknown'])).toEqual({ a: second });
});

test('publishers at once get a version each', async () => {
  const published = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      assistants.publishAssistant('acme', assistant('busy', { systemPrompt: `${i}` })),
    ),
  );
  expect(published.map(({ version }) => version).toSorted((one, other) => one - other)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test('two tenants may name their assistants alike', async () => {
  await assistants.publishAssistant('other', assistant('a', { name: 'Jiná' }));
  expect(await assistants.readAssistantVersion('other', 'a@1')).toMatchObject({ name: 'Jiná' });
  expect(await assistants.readAssistantVersion('other', 'a@2')).toBeUndefined();
  expect(await assistants.readAssistantVersion('other', 'nonsense')).toBeUndefined();
});

test('tools are stored by id', async () => {
  await assistants.storeTool('acme', { ...tool, timeoutMs: 1 });
  await assistants.storeTool('acme', tool);
  expect(await assistants.readTools('acme')).toEqual([tool]);
  expect(await assistants.readTools('other')).toEqual([]);
});

test('publishing a flow makes it live and the same again does not make another', async () => {
  const first = await publishFlow('acme', 'f', document('a'), 'admin');
  expect(first).toMatchObject({ version: 1, flowVersionId: 'f@1', isNew: true });
  expect(await publishFlow('acme', 'f', document('a'))).toEqual({ ...first, isNew: false });
  const second = await publishFlow('acme', 'f', document('a', 'Nová'));
  const back = await publishFlow('acme', 'f', document('a'));
  expect([second.version, back.version]).toEqual([2, 3]);
  const { isNew: _isNew, problems: _problems, ...stored } = second;
  expect(await versions().readFlowVersion('acme', 'f', 2)).toEqual(stored);
});

test('a draft changes nothing that is live', async () => {
  await publishFlow('acme', 'drafted', document('a'));
  await flows.saveDraft({
    tenantId: 'acme',
    flowId: 'drafted',
    document: document('a', 'Rozpracováno'),
    baseRevision: 1,
  });
  expect(await flows.readDraft('acme', 'drafted')).toMatchObject({ revision: 2, document: { name: 'Rozpracováno' } });
  expect(await versions().readFlowVersion('acme', 'drafted', 1)).toMatchObject({ document: { name: 'Recepce' } });
});

test('published versions cannot be changed, not by the owner and not by a superuser', async () => {
  await publishFlow('acme', 'fixed', document('a'));
  for (const table of ['flow_versions', 'assistant_versions']) {
    for (const statement of [
      `update ${table} set document = '{}'`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ]) {
      await expect(query(fixture.adminUrl, statement)).rejects.toMatchObject({ code: '23001' });
      const asApplication = fixture.database.forTenant('acme').run((em) => em.execute(statement));
      await expect(asApplication).rejects.toMatchObject({ sqlState: '42501' });
    }
  }
});

test('a number leads to the live version with all that a call needs', async () => {
  const live = await assistants.publishAssistant('acme', assistant('routed'));
  const { document: drawn, flowId, flowVersionId, version } = await publishFlow('acme', 'routed', document('routed'));
  const numberId = await numbers.routeNumber('acme', number('routed', '+420200000001'));
  expect(await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420200000001' })).toEqual({
    tenantId: 'acme',
    numberId,
    phoneNumber: '+420200000001',
    accountId: 'AC1',
    language: 'cs-CZ',
    degradedPlan,
    allowedPrivateHosts: ['127.0.0.1:4030'],
    flow: {
      flowId,
      flowVersionId,
      version,
      compiled: compileFlow(drawn, { assistants: { routed: live } }),
      assistants: { routed: live },
    },
  });
});

test('a pinned number stays on its version, the others follow; routing again moves the number', async () => {
  await publishFlow('acme', 'moving', document('a', 'První'));
  const numberId = await numbers.routeNumber('acme', { ...number('moving', '+420200000002'), pinnedVersion: 1 });
  await publishFlow('acme', 'moving', document('a', 'Druhá'));
  const name = async () =>
    (await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420200000002' }))?.flow.compiled.name;
  expect(await name()).toBe('První');
  expect(await numbers.routeNumber('acme', number('moving', '+420200000002'))).toBe(numberId);
  expect(await name()).toBe('Druhá');
  expect(await numbers.readNumbers('acme')).toContainEqual({ ...number('moving', '+420200000002'), numberId });
});

test('a number leads nowhere for a tenant that did not verify, without a published flow, or unknown', async () => {
  await flows.saveDraft({
    tenantId: 'other',
    flowId: 'never-published',
    document: document('a'),
    baseRevision: 0,
  });
  await numbers.routeNumber('other', number('never-published', '+420200000003'));
  await publishFlow('acme', 'squatted', document('a'));
  await numbers.routeNumber('acme', number('squatted', '+420200000003'));
  expect(await numbers.routeForNumber({ tenantIds: ['other'], phoneNumber: '+420200000003' })).toBeUndefined();
  expect(await numbers.routeForNumber({ tenantIds: ['other', 'acme'], phoneNumber: '+420200000003' })).toMatchObject({
    tenantId: 'acme',
  });
  expect(await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420999999999' })).toBeUndefined();
  const { numberTenants } = createLookups(fixture.database);
  expect(await numberTenants('+420200000003')).toEqual(['acme', 'other']);
  expect(await numberTenants('+420999999999')).toEqual([]);
});

test('a number is not led to what is not there', async () => {
  await publishFlow('acme', 'there', document('a'));
  const route = (more: object, flowId = 'there') =>
    numbers.routeNumber('acme', { ...number(flowId, '+420200000004'), ...more });
  await expect(route({}, 'never-published')).rejects.toMatchObject({ code: 'flow-unknown' });
  await expect(route({ pinnedVersion: 7 })).rejects.toMatchObject({
    code: 'flow-version-unknown',
    message: 'the flow there has no version 7: it has 1',
  });
  await expect(route({ contactTool: { toolId: 'none', arguments: {} } })).rejects.toMatchObject({
    code: 'tool-unknown',
  });
});

test('a version that was published without its compiled form is compiled when it is read', async () => {
  const live = await assistants.publishAssistant('acme', assistant('old'));
  const drawn = document('old', 'Stará');
  await flows.saveDraft({ tenantId: 'acme', flowId: 'old', document: drawn, baseRevision: 0 });
  await fixture.database.forTenant('acme').run(async (em) => {
    await em.execute(
      `insert into flow_versions (tenant_id, flow_id, version, document) values ('acme', 'old', 1, ?::jsonb)`,
      [JSON.stringify(drawn)],
    );
    await em.execute(`update flows set live_version = 1 where tenant_id = 'acme' and id = 'old'`);
  });
  await numbers.routeNumber('acme', number('old', '+420200000005'));
  expect(await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420200000005' })).toMatchObject({
    flow: { version: 1, compiled: compileFlow(drawn, { assistants: {} }), assistants: { old: live } },
  });
  expect((await publishFlow('acme', 'old', drawn)).version).toBe(2);
});

test('a route names the tool that says who calls, as it stands now', async () => {
  await assistants.storeTool('acme', tool);
  await publishFlow('acme', 'known', document('a'));
  const contactTool = { toolId: tool.toolId, arguments: { phone: 'caller.number' }, fills: { name: 'customer.name' } };
  await numbers.routeNumber('acme', { ...number('known', '+420200000006'), contactTool });
  await assistants.storeTool('acme', { ...tool, timeoutMs: 1500 });
  const route = await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420200000006' });
  expect(route?.contactTool).toEqual({
    tool: { ...tool, timeoutMs: 1500 },
    arguments: contactTool.arguments,
    fills: contactTool.fills,
  });
  expect(await numbers.readNumbers('acme')).toContainEqual(expect.objectContaining({ contactTool }));
  await numbers.routeNumber('acme', number('known', '+420200000006'));
  const without = await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420200000006' });
  expect(without).not.toHaveProperty('contactTool');
});

test('a flow that enters another carries it, with the assistants of both', async () => {
  await assistants.publishAssistant('acme', assistant('inner'));
  const inner: FlowDocument = {
    ...document('inner', 'Vnitřní'),
    nodes: {
      start: { type: 'start', edges: { next: 'talk' } },
      talk: { type: 'assistant', assistantId: 'inner', edges: { ended: 'back' } },
      back: { type: 'return', name: 'done' },
    },
  };
  await publishFlow('acme', 'inner', inner);
  const outer: FlowDocument = {
    ...document('a', 'Vnější'),
    nodes: {
      start: { type: 'start', edges: { next: 'in' } },
      in: { type: 'subflow', flowId: 'inner', edges: { done: 'talk' } },
      talk: { type: 'assistant', assistantId: 'a', edges: { ended: 'bye' } },
      bye: { type: 'hangup' },
    },
  };
  await publishFlow('acme', 'outer', outer);
  await numbers.routeNumber('acme', number('outer', '+420200000007'));
  const route = await numbers.routeForNumber({ tenantIds: ['acme'], phoneNumber: '+420200000007' });
  expect(Object.keys(route?.flow.compiled.subflows ?? {})).toEqual(['inner@1']);
  expect(Object.keys(route?.flow.assistants ?? {}).toSorted()).toEqual(['a', 'inner']);
});
