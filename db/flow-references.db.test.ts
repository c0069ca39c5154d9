import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
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
    assistants.publishAssistant('acme', {
      assistantId: 'reception',
      name: 'Reception',
      systemPrompt: 'Help.',
      language: 'cs-CZ',
      model: { modelId: 'gemini-2.5-flash-native-audio', fallbackModelIds: [], latencyProfile: 'fast' },
      voice: { voiceId: 'v', modelVoice: 'Aoede', bargeIn: true, bargeInGreeting: false },
      escalationKeywords: [],
      tools: names.map((name) => ({
        toolId: `reception/${name}`,
        name,
        description: name,
        type: 'http',
        endpoint: 'https://tools.test',
        method: 'POST',
        headers: {},
        timeoutMs: 1000,
        idempotent: true,
        maxResponseBytes: 1000,
      })),
      outcomes: [],
      maxDurationMs: 600_000,
    });
  const document: FlowDocument = {
    schemaVersion: 1,
    name: 'Shop',
    languages: ['cs-CZ'],
    voiceId: 'v',
    start: 'start',
    fault: 'bye',
    nodes: {
      start: { type: 'start', edges: { next: 'talk' } },
      talk: { type: 'assistant', assistantId: 'reception', tools: ['find_order'], edges: { ended: 'bye' } },
      bye: { type: 'hangup' },
    },
  };
  const publisher = createFlowPublisher({ database: fixture.database, nowMs: () => 0 });
  const problems = async () => (await publisher.checkFlow('acme', 'shop', document)).problems;

  await publish(['find_order', 'book_table']);
  expect(await problems()).toEqual([]);
  await publish(['find_orders', 'book_table']);
  expect(await problems()).toMatchObject([
    { code: 'unknown-reference', nodeId: 'talk', at: '/nodes/talk/tools/0', severity: 'error' },
  ]);
});
