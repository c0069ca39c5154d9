import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { madeUpAssistant } from '../test/made-up-assistant.ts';
import { toolTalkFlow } from '../test/made-up-flows.ts';
import { madeUpTools } from '../test/made-up-tool.ts';
import { createAssistantStore } from './assistants.ts';
import { createFlowPublisher } from './flow-publishing.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
});
afterAll(() => fixture.close());

test("a node's tools are held against those of the assistant's live version", async () => {
  const assistants = createAssistantStore(fixture.database);
  const publish = (names: readonly string[]) =>
    assistants.publishAssistant('acme', madeUpAssistant('reception', { tools: madeUpTools(names) }));
  const document = toolTalkFlow('Shop', ['find_order']);
  const publisher = createFlowPublisher({ database: fixture.database, nowMs: () => 0 });
  const problems = async () => (await publisher.checkFlow('acme', 'shop', document)).problems;

  await publish(['find_order', 'book_table']);
  expect(await problems()).toEqual([]);
  await publish(['find_orders', 'book_table']);
  expect(await problems()).toMatchObject([
    { code: 'unknown-reference', nodeId: 'talk', at: '/nodes/talk/tools/0', severity: 'error' },
  ]);
});
