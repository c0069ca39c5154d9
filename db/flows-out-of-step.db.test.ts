import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { madeUpAssistant } from '../test/made-up-assistant.ts';
import { madeUpDegradedPlan } from '../test/made-up-call.ts';
import { toolTalkFlow } from '../test/made-up-flows.ts';
import { madeUpTools } from '../test/made-up-tool.ts';
import { type AssistantStore, createAssistantStore } from './assistants.ts';
import { createFlowPublisher, type FlowPublisher } from './flow-publishing.ts';
import { createPhoneNumberStore } from './phone-numbers.ts';

let fixture: TestDatabase;
let assistants: AssistantStore;
let publisher: FlowPublisher;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  assistants = createAssistantStore(fixture.database);
  publisher = createFlowPublisher({ database: fixture.database, nowMs: () => 0 });
});
afterAll(() => fixture.close());

const reception = (tools: readonly string[], outcomes: readonly string[]) =>
  madeUpAssistant('reception', {
    tools: madeUpTools(tools),
    outcomes: outcomes.map((name) => ({ name, description: name })),
  });
const entering: FlowDocument = {
  ...toolTalkFlow('Outer', []),
  nodes: {
    start: { type: 'start', edges: { next: 'inner' } },
    inner: { type: 'subflow', flowId: 'inner', version: 1, edges: { done: 'bye' } },
    bye: { type: 'hangup' },
  },
};

/** Publishes an assistant and tells the places that it has made wrong. */
async function brokenBy(draft: ReturnType<typeof reception>) {
  const before = await assistants.readLiveAssistants('acme', ['reception']);
  await assistants.publishAssistant('acme', draft);
  const found = await publisher.flowsOutOfStep('acme', before);
  return found.flatMap(({ flowId, version, problems }) =>
    problems.map(({ at, code }) => `${flowId}@${version} ${at} ${code}`),
  );
}

test('a new version of an assistant names the nodes that it leaves behind in all versions that calls meet', async () => {
  const publish = (flowId: string, document: FlowDocument) =>
    publisher.publishFlow({ tenantId: 'acme', flowId, document, baseRevision: 'any' });
  expect(await brokenBy(reception(['find_order', 'book_table'], ['order']))).toEqual([]);
  await publish('shop', toolTalkFlow('Shop', ['find_order', 'book_table']));
  await publish('table', toolTalkFlow('Table', ['book_table']));
  await publish('pinned', toolTalkFlow('Pinned', ['find_order']));
  await createPhoneNumberStore(fixture.database).routeNumber('acme', {
    phoneNumber: '+420200000300',
    accountId: 'AC1',
    flowId: 'pinned',
    pinnedVersion: 1,
    language: 'cs-CZ',
    degradedPlan: madeUpDegradedPlan,
  });
  await publish('pinned', toolTalkFlow('Pinned', ['book_table']));
  await publish('inner', toolTalkFlow('Inner', ['find_order']));
  await publish('outer', entering);
  await publish('inner', toolTalkFlow('Inner', ['book_table']));
  await publish('left', toolTalkFlow('Left', ['find_order']));
  await publish('left', toolTalkFlow('Left', ['book_table']));

  const withoutFinding = ['inner@1', 'pinned@1', 'shop@1'].map((id) => `${id} /nodes/talk/tools/0 unknown-reference`);
  expect(await brokenBy(reception(['book_table'], ['order']))).toEqual(withoutFinding);
  // What was wrong before is nothing new.
  expect(await brokenBy(reception(['book_table', 'cancel'], ['order']))).toEqual([]);
  const met = ['inner@1', 'inner@2', 'left@2', 'pinned@1', 'pinned@2', 'shop@1', 'table@1'];
  expect(await brokenBy(reception(['book_table'], []))).toEqual(
    met.map((id) => `${id} /nodes/talk/edges/order unknown-outcome`),
  );
});
