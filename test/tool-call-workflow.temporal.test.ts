import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { createToolActivities } from '../activities/tool-activities.ts';
import { callWorkflowId, toolCallWorkflowId } from '../contracts/ids.ts';
import type { ToolFinished } from '../contracts/messages.ts';
import type { ToolCallInput, ToolDefinition, ToolResult } from '../contracts/tools.ts';
import type { ToolLog } from '../db/tool-logs.ts';
import { createCallClient } from '../temporal/call-client.ts';
import { createToolCallClient } from '../temporal/tool-call-client.ts';
import { madeUpCall, patient } from './made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { madeUpTool, madeUpToolCall } from './made-up-tool.ts';
import { useTemporal } from './temporal-fixture.ts';
import { testLog } from './test-keys.ts';
import { type ToolServer, json, startToolServer } from './tool-server.ts';

const logs: ToolLog[] = [];
const told: ToolFinished[] = [];
const tools = createToolActivities({
  readSecret: async () => undefined,
  readSensitive: async () => undefined,
  toolLogs: { writeToolLog: async (entry) => void logs.push(entry) },
  tellCall: async (_call, tool) => void told.push(tool),
  log: testLog,
});
const temporal = useTemporal({
  calls: { ...createCallRecordActivities(createMadeUpStores().deps), ...tools.activities },
  tools: createMadeUpCarrier().activities,
});

let server: ToolServer;
beforeAll(async () => {
  server = await startToolServer();
});
afterAll(async () => {
  await tools.close();
  await server.close();
});
beforeEach(() => {
  server.received.length = 0;
  server.answers.clear();
});

function toolCall(tool: Partial<ToolDefinition> = {}, fields: Partial<ToolCallInput> = {}): ToolCallInput {
  return madeUpToolCall(madeUpTool({ endpoint: `${server.url}/tool`, ...tool }), {
    callId: `CA${randomUUID()}`,
    args: { id: 1 },
    ...fields,
  });
}

function run(input: ToolCallInput): Promise<ToolResult> {
  return client().run(input);
}

function client() {
  const { client: of, queueName } = temporal();
  return createToolCallClient(of, { taskQueue: queueName('calls') });
}

describe('a tool call', () => {
  it('runs once, is logged, and tells the call', async () => {
    server.answers.set('/tool', (response) => json(response, 200, { name: 'Novák' }));
    const input = toolCall();
    const result = await run(input);
    expect(result).toMatchObject({ status: 'ok', data: { name: 'Novák' }, attempts: 1 });
    await expect
      .poll(() => logs)
      .toContainEqual(
        expect.objectContaining({ callId: input.callId, functionCallId: 'f1', parameters: { id: 1 }, result }),
      );
    const { latencyMs } = result;
    await expect.poll(() => told).toContainEqual({ functionCallId: 'f1', name: 'crm', status: 'ok', latencyMs });
  });

  it('is logged without what nobody may read, which the flow gets all the same', async () => {
    server.answers.set('/tool', (response) => json(response, 200, { pin: '1234' }));
    const hidden = { arguments: ['phone'], answer: true };
    const input = toolCall({}, { args: { phone: '+420800000001', id: 1 }, hidden });
    expect(await run(input)).toMatchObject({ data: { pin: '1234' } });
    await expect
      .poll(() => logs)
      .toContainEqual(
        expect.objectContaining({
          callId: input.callId,
          parameters: { phone: '•••', id: 1 },
          result: expect.objectContaining({ status: 'ok', data: '•••' }),
        }),
      );
  });

  it('that is repeated, also late, reads the result of the first', async () => {
    let answered = 0;
    server.answers.set('/tool', (response) => json(response, 200, { answered: ++answered }));
    const input = toolCall();
    const [one, two] = await Promise.all([run(input), run(input)]);
    expect(two).toEqual(one);
    expect(await run(input)).toEqual(one);
    expect(server.received).toHaveLength(1);
  });

  it('tries an idempotent tool again', async () => {
    server.answers.set('/tool', (response) => json(response, server.received.length < 3 ? 503 : 200, {}));
    expect(await run(toolCall({ idempotent: true }))).toMatchObject({ status: 'ok', attempts: 3 });
    expect(new Set(server.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('gives up on an idempotent tool after three tries', async () => {
    server.answers.set('/tool', (response) => json(response, 503, {}));
    expect(await run(toolCall({ idempotent: true }))).toMatchObject({
      status: 'failed',
      error: 'http-error',
      attempts: 3,
      retryable: true,
    });
  });

  it('never tries any other tool again', async () => {
    server.answers.set('/tool', () => undefined);
    const result = await run(toolCall({ timeoutMs: 100 }));
    expect(result).toMatchObject({
      status: 'timeout',
      attempts: 1,
      retryable: false,
      hint: expect.stringContaining('do not repeat it'),
    });
    expect(server.received).toHaveLength(1);
  });

  it('that outlives its call still finishes', async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    server.answers.set('/tool', asked.resolve);
    const input = toolCall({ timeoutMs: 20_000 });
    const { client: of, queueName } = temporal();
    const calls = createCallClient(of, { taskQueue: queueName('calls'), ...patient });
    await calls.admit(madeUpCall(input.callId), {});
    const running = run(input);
    const response = await asked.promise;
    await calls.carrierStatus(input, { status: 'completed', sequence: 9 });
    await of.workflow.getHandle(callWorkflowId('acme', input.callId)).result();
    json(response, 200, { late: true });
    expect(await running).toMatchObject({ status: 'ok', data: { late: true } });
    await expect
      .poll(() => logs)
      .toContainEqual(
        expect.objectContaining({ callId: input.callId, result: expect.objectContaining({ status: 'ok' }) }),
      );
  });

  it('that is called off is a result as well', async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    server.answers.set('/tool', asked.resolve);
    const input = toolCall({ timeoutMs: 5_000 });
    const running = run(input);
    const response = await asked.promise;
    await client().cancel(input);
    expect(await running).toMatchObject({ status: 'cancelled', retryable: false });
    json(response, 200, {});
  });

  it('has a readable id and no argument in clear in its search attributes', async () => {
    const input = toolCall();
    await run(input);
    const described = await temporal()
      .client.workflow.getHandle(toolCallWorkflowId('acme', input.callId, 'f1'))
      .describe();
    expect(described.workflowId).toBe(`t/acme/call/${input.callId}/tool/f1`);
    expect(described.typedSearchAttributes.getAll()).toContainEqual({
      key: { name: 'TenantId', type: 'KEYWORD' },
      value: 'acme',
    });
    expect(await described.staticSummary()).toBe('tool crm');
  });
});
