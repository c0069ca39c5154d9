import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { Decision } from '../contracts/flow/state.ts';
import { toolCallWorkflowId } from '../contracts/ids.ts';
import type { CallAnswer } from '../contracts/instructions.ts';
import type { ToolCallInput, ToolResult } from '../contracts/tools.ts';
import { askingFlow, demoFlow } from './made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { answerOf, newRunningCall, type RunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';
import { fastForward } from './time-skipping.ts';

const found: ToolResult = {
  status: 'ok',
  data: { name: 'Jana' },
  httpStatus: 200,
  retryable: false,
  hint: '',
  attempts: 1,
  latencyMs: 5,
};
/** What the tool answers a call, where it is more than what it has found. */
const tools = new Map<string, Promise<ToolResult>>();
const asked: ToolCallInput[] = [];
const { deps, events } = createMadeUpStores();
const carrier = createMadeUpCarrier();
const temporal = useTemporal(
  {
    calls: {
      ...createCallRecordActivities(deps),
      callTool: (input: ToolCallInput) => {
        asked.push(input);
        return tools.get(input.callId) ?? found;
      },
    },
    tools: carrier.activities,
  },
  { workflowsPath: fileURLToPath(new URL('./workflows/call-with-children.ts', import.meta.url)) },
);

const done = { type: 'done' } as const;
const texts = ({ instructions }: CallAnswer): string[] =>
  instructions.flatMap((one) =>
    one.type === 'say' ? [one.speech.text] : one.type === 'hangUp' && one.lastWords ? [one.lastWords.text] : [],
  );
const admit = async ({ calls, call }: RunningCall): Promise<CallAnswer> => answerOf(await calls.admit(call, {}));
const proceed = async ({ calls, call }: RunningCall, number: number): Promise<CallAnswer> =>
  answerOf(await calls.proceed(call, { number, event: done }));
/** All that the caller hears to the end but words of waiting, however quick the machine is. */
const heard = async (running: RunningCall): Promise<string[]> => heardFrom(running, await admit(running));
const heardFrom = async (running: RunningCall, first: CallAnswer): Promise<string[]> => {
  const all: string[] = [];
  let answer = first;
  for (;;) {
    all.push(...texts(answer).filter((text) => !/chvilku|Okamžik/.test(text)));
    if (answer.instructions.at(-1)?.type === 'hangUp') return all;
    answer = await proceed(running, answer.number);
  }
};
const decisionsOf = ({ callId }: RunningCall): Partial<Decision>[] =>
  (events.get(callId) ?? []).flatMap(({ kind, data }) => (kind === 'decision' && isRecord(data) ? [data] : []));

function isRecord(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null;
}

/** `start -> it`, and every way out of it is a hang-up named after it. */
function flowOf(node: FlowDocument['nodes'][string], outcomes: readonly string[]): FlowDocument {
  const ends = outcomes.map((outcome) => [
    `end-${outcome.toLowerCase()}`,
    { type: 'hangup', lastWords: outcome, reason: outcome } as const,
  ]);
  const edges = Object.fromEntries(outcomes.map((outcome) => [outcome, `end-${outcome.toLowerCase()}`]));
  const start = { type: 'start', edges: { next: 'it' } } as const;
  return { ...demoFlow, fault: 'end-fault', nodes: { start, it: { ...node, edges }, ...Object.fromEntries(ends) } };
}

it('says what a tool has found, whose child has the id of a tool call', async () => {
  const running = newRunningCall(temporal(), askingFlow);
  expect(await heard(running)).toEqual(['Vítejte.', 'Na shledanou, Jana.']);
  const input = asked.find(({ callId }) => callId === running.callId);
  expect(input).toMatchObject({ functionCallId: 'node-3', args: { number: running.call.from } });
  const child = temporal().client.workflow.getHandle(toolCallWorkflowId('acme', running.callId, 'node-3'));
  expect((await child.describe()).status.name).toBe('COMPLETED');
  expect(await running.end()).toMatchObject({ outcome: 'done' });
  const { historyLength } = await temporal().client.workflow.getHandle(running.workflowId).describe();
  expect(historyLength).toBeLessThan(60);
});

it('stays short where it asks three tools, one of them slow, and waits between', async () => {
  const http = (next: string) =>
    ({ type: 'http', toolId: 'crm', edges: { ok: next, failed: 'bye', timeout: 'bye' } }) as const;
  const pause = (next: string) => ({ type: 'wait', durationS: 200, edges: { next } }) as const;
  const flow: FlowDocument = {
    ...demoFlow,
    nodes: {
      start: { type: 'start', edges: { next: 'one' } },
      one: http('rest'),
      rest: pause('two'),
      two: http('again'),
      again: pause('three'),
      three: http('bye'),
      bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
    },
  };
  const running = newRunningCall(temporal(), flow);
  const slow = Promise.withResolvers<ToolResult>();
  tools.set(running.callId, slow.promise);
  await admit(running);
  for (const number of [1, 2, 3]) await proceed(running, number);
  slow.resolve(found);
  await carrier.hasMoved(running.callId);
  expect(await heardFrom(running, await proceed(running, 4))).toEqual(['Na shledanou.']);
  await running.end();
  const { historyLength } = await temporal().client.workflow.getHandle(running.workflowId).describe();
  expect(historyLength).toBeLessThan(150);
});

it('holds the caller for a slow tool, and calls the carrier out of a long hold', async () => {
  const running = newRunningCall(temporal(), askingFlow);
  const slow = Promise.withResolvers<ToolResult>();
  tools.set(running.callId, slow.promise);
  expect(texts(await admit(running))).toEqual(['Vítejte.']);
  expect((await proceed(running, 1)).instructions).toEqual([{ type: 'pause', lengthMs: 1_000 }]);
  expect(texts(await proceed(running, 2))).toHaveLength(2);
  expect(texts(await proceed(running, 3))).toHaveLength(4);
  expect(await running.calls.state(running.call)).toMatchObject({ phase: 'carrier', nodeId: 'look-up' });
  slow.resolve(found);
  await carrier.hasMoved(running.callId);
  expect(carrier.moved).toContainEqual({ callId: running.callId, number: 4 });
  expect(texts(await proceed(running, 4))).toEqual(['Na shledanou, Jana.']);
  expect(asked.filter(({ callId }) => callId === running.callId)).toHaveLength(1);
  expect(await running.end()).toMatchObject({ outcome: 'done' });
});

it('lets the tool of a caller who has gone finish', async () => {
  const running = newRunningCall(temporal(), askingFlow);
  const slow = Promise.withResolvers<ToolResult>();
  tools.set(running.callId, slow.promise);
  await admit(running);
  expect(await running.end()).toMatchObject({ outcome: 'callerHungUp' });
  expect(decisionsOf(running).at(-1)).toMatchObject({ nodeId: 'look-up', outcome: 'hungUp' });
  slow.resolve(found);
  const child = temporal().client.workflow.getHandle(toolCallWorkflowId('acme', running.callId, 'node-3'));
  expect(await child.result()).toEqual(found);
});

it('waits for a child that takes its time, and goes on with its answer', async () => {
  const queue = { type: 'queue', queueId: 'support', maxWaitS: 600, edges: {} } as const;
  const running = newRunningCall(temporal(), flowOf(queue, ['served', 'timeout', 'fault']));
  await admit(running);
  for (const number of [1, 2, 3]) await proceed(running, number);
  const child = `${running.workflowId}/queueWait/2`;
  await fastForward(temporal().client, child, 601);
  await carrier.hasMoved(running.callId);
  expect(texts(await proceed(running, 4))).toEqual(['timeout']);
  await running.end();
});

it('takes the fault path where a child has vanished', async () => {
  const queue = { type: 'queue', queueId: 'support', maxWaitS: 600, edges: {} } as const;
  const running = newRunningCall(temporal(), flowOf(queue, ['served', 'timeout', 'fault']));
  await admit(running);
  for (const number of [1, 2, 3]) await proceed(running, number);
  await temporal().client.workflow.getHandle(`${running.workflowId}/queueWait/2`).terminate();
  await carrier.hasMoved(running.callId);
  expect(texts(await proceed(running, 4))).toEqual(['fault']);
  await running.end();
});

it('takes the fault path where a child fails, and the rule that fits what another one says', async () => {
  const ring = { type: 'agent', agentId: 'jana', ringTimeoutS: 20, edges: {} } as const;
  const failing = newRunningCall(temporal(), flowOf(ring, ['served', 'fault']));
  expect(await heard(failing)).toEqual(['fault']);
  await failing.end();
  expect(decisionsOf(failing)).toContainEqual(
    expect.objectContaining({ nodeId: 'it', rule: 'fault-edge', outcome: 'failed', event: expect.anything() }),
  );
  const staffing = { type: 'staffing', queueId: 'support', rules: [{ outcome: 'long', waitingAtLeast: 3 }] } as const;
  const asking = newRunningCall(temporal(), flowOf({ ...staffing, rules: [...staffing.rules], edges: {} }, ['long']));
  expect(await heard(asking)).toEqual(['long']);
  await asking.end();
});

it('leaves a call that is adopted meanwhile alone', async () => {
  const running = newRunningCall(temporal(), askingFlow);
  const slow = Promise.withResolvers<ToolResult>();
  tools.set(running.callId, slow.promise);
  const admitted = running.calls.admit(running.call, {});
  await expect.poll(() => asked.some(({ callId }) => callId === running.callId), { timeout: 10_000 }).toBe(true);
  await running.calls.adopt(running.call, { reason: 'temporal-unavailable', ageS: 3 });
  const reply = await admitted;
  // Where the hold was quicker than the adoption, it was an answer.
  expect(['adopted', 'answer']).toContain(reply.type);
  expect(await running.calls.proceed(running.call, { number: 1, event: done })).toEqual({ type: 'adopted' });
  slow.resolve(found);
  expect(await running.end()).toMatchObject({ outcome: 'adopted' });
});
