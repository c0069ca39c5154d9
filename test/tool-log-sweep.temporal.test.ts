import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { createToolLogActivities } from '../activities/tool-log-activities.ts';
import { createToolActivities } from '../activities/tool-activities.ts';
import { toolCallWorkflowId } from '../contracts/ids.ts';
import type { SweepResult } from '../contracts/messages.ts';
import type { CallKey } from '../db/call-sessions.ts';
import type { ToolCallKey, ToolLog } from '../db/tool-logs.ts';
import { createEndedToolCalls } from '../temporal/ended-tool-calls.ts';
import { ensureSchedules } from '../temporal/schedules.ts';
import { createToolCallClient } from '../temporal/tool-call-client.ts';
import { createMadeUpStores } from './made-up-stores.ts';
import { madeUpTool, madeUpToolCall } from './made-up-tool.ts';
import { useTemporal } from './temporal-fixture.ts';
import { testLog } from './test-keys.ts';
import { type ToolServer, json, startToolServer } from './tool-server.ts';

const tenantId = `tenant-${randomUUID()}`;
/** Its worker dies at the end of each of them, before it has written the log. */
const tools = createToolActivities({
  readSecret: async () => undefined,
  readSensitive: async () => undefined,
  toolLogs: { writeToolLog: () => Promise.reject(new Error('it is dead')) },
  tellCall: async () => undefined,
  log: testLog,
});
const logged = new Map<string, CallKey & ToolLog>();
const nameOf = ({ callId, functionCallId }: ToolCallKey): string => `${callId}/${functionCallId}`;
let sweptFromMs: number | undefined;
const sweeps: { sinceMs: number | undefined; untilMs: number }[] = [];
const sweep = createToolLogActivities({
  lastSweptMs: async () => (sweptFromMs = await ended().lastSweptMs()),
  // Other files' tool calls end on the same server.
  endedBetween: async function* (sinceMs, untilMs) {
    for await (const key of ended().endedBetween(sinceMs, untilMs)) if (key.tenantId === tenantId) yield key;
  },
  readEnded: (key) => ended().readEnded(key),
  toolLogs: {
    findUnlogged: async (_tenant, keys) => keys.filter((key) => !logged.has(nameOf(key))),
    addToolLog: async (entry) => void logged.set(nameOf(entry), entry),
  },
  beat: () => undefined,
  log: testLog,
  nowMs: () => Date.now() + 61_000,
});
const there: CallKey & ToolLog = {
  tenantId,
  callId: 'CA1',
  functionCallId: 'there',
  toolId: 'crm',
  name: 'crm',
  epoch: 1,
  parameters: {},
  result: { status: 'ok', retryable: false, hint: '', attempts: 1, latencyMs: 1 },
  startedAtMs: 1,
};

const temporal = useTemporal({
  calls: { ...createCallRecordActivities(createMadeUpStores().deps), ...tools.activities },
  batch: {
    sweepToolLogs: async (): Promise<SweepResult> => {
      const swept = await sweep.sweepToolLogs();
      sweeps.push({ sinceMs: sweptFromMs, untilMs: swept.untilMs });
      return swept;
    },
  },
});
const ended = () => createEndedToolCalls(temporal().client);

let server: ToolServer;
beforeAll(async () => {
  server = await startToolServer();
});
afterAll(async () => {
  await tools.close();
  await server.close();
});

const call = (fields: { functionCallId: string; hidden?: { arguments: readonly string[]; answer: boolean } }) =>
  madeUpToolCall(madeUpTool({ endpoint: `${server.url}/tool` }), {
    tenantId,
    callId: 'CA1',
    args: { phone: '+420800000001', id: 1 },
    ...fields,
  });

it('a tool call that its worker has not logged is logged from what its workflow holds', async () => {
  const { client, queueName } = temporal();
  const run = createToolCallClient(client, { taskQueue: queueName('calls') }).run;
  server.answers.set('/tool', (response) => json(response, 200, { name: 'Novák' }));
  const result = await run(call({ functionCallId: 'lost' }));
  const hidden = await run(call({ functionCallId: 'hidden', hidden: { arguments: ['phone'], answer: true } }));
  await run(call({ functionCallId: 'there' }));
  logged.set(nameOf(there), there);
  await endFromOutside(client, queueName('calls'));

  const startedMs = Date.now();
  await expect
    .poll(async () => {
      await sweep.sweepToolLogs();
      return [...logged.keys()].toSorted();
    })
    .toEqual(['CA1/ended', 'CA1/hidden', 'CA1/lost', 'CA1/there']);
  expect(logged.get('CA1/lost')).toMatchObject({
    tenantId,
    toolId: 'crm',
    name: 'crm',
    epoch: 1,
    parameters: { phone: '+420800000001', id: 1 },
    result,
  });
  expect(Math.abs((logged.get('CA1/lost')?.startedAtMs ?? 0) - startedMs)).toBeLessThan(60_000);
  expect(logged.get('CA1/hidden')).toMatchObject({
    parameters: { phone: '•••', id: 1 },
    result: { ...hidden, data: '•••' },
  });
  expect(logged.get('CA1/there')).toBe(there);
  expect(logged.get('CA1/ended')?.result).toMatchObject({ status: 'failed', error: 'unreachable' });
});

it('the schedule sweeps on from where the last sweep ended', async () => {
  const { client, queueName } = temporal();
  const scheduleId = `platform/sweep-${randomUUID()}`;
  const taskQueue = queueName('calls');
  await ensureSchedules(client, { scheduleId, taskQueue });
  await ensureSchedules(client, { scheduleId, taskQueue }); // as every worker does
  const schedule = client.schedule.getHandle(scheduleId);
  try {
    await schedule.pause(); // at a full minute it would sweep by itself
    await schedule.trigger();
    await expect.poll(() => sweeps.length).toBe(1);
    // Until it is listed among those that have ended.
    await expect.poll(() => ended().lastSweptMs()).toBe(sweeps[0]?.untilMs);
    await schedule.trigger();
    await expect.poll(() => sweeps.length).toBe(2);
    expect(sweeps[0]?.sinceMs).toBeUndefined();
    expect(sweeps[1]?.sinceMs).toBe(sweeps[0]?.untilMs);
  } finally {
    await schedule.delete();
  }
});

/** A tool call that an operator terminated while its tool was at work. */
async function endFromOutside(client: Client, taskQueue: string): Promise<void> {
  const asked = Promise.withResolvers<void>();
  server.answers.set('/tool', () => asked.resolve());
  const input = call({ functionCallId: 'ended' });
  const running = createToolCallClient(client, { taskQueue }).run(input);
  await asked.promise;
  await client.workflow.getHandle(toolCallWorkflowId(tenantId, input.callId, 'ended')).terminate();
  await running;
}
