import { expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { ModelEvent, RealtimeModel, SessionConfig, SessionHandle } from '../contracts/realtime-model.ts';
import type { ToolDefinition, ToolResult } from '../contracts/tools.ts';
import type { Turn } from '../contracts/turns.ts';
import { createFakeTracer } from '../test/fake-tracer.ts';
import type { Admitted } from './admission.ts';
import type { StartMessage } from './carrier-messages.ts';
import type { StreamListener } from './carrier-socket.ts';
import type { CallLine, SessionCarrier, SessionStart } from './session/session-deps.ts';
import { createStreamTraces } from './tracing.ts';

/** As much of it as is looked at. */
const fits = <T>(fields: Partial<T>): T => fields as T;

const call = { tenantId: 'acme', callId: 'CA1' };
const start = fits<SessionStart>({ ...call, epoch: 2, nodeId: 'talk', clockMs: 500 });
const message = fits<StartMessage>({ streamSid: 'MZ1' });
const deaf: StreamListener = { media() {}, mark() {}, digit() {}, callerGone() {}, streamLost() {} };
const carrier: SessionCarrier = { play() {}, clear() {}, close() {} };

/** A stream that was let in, with the ends of the session that its traces are taken at. */
async function openStream() {
  const tracer = createFakeTracer();
  const traces = createStreamTraces(tracer, 'g1', () => 10_000);
  let emit: (event: ModelEvent) => void = () => {};
  const model = traces.model(
    fits<RealtimeModel>({
      startSession: async () => fits<SessionHandle>({ sessionId: 's' }),
      stopSession: async () => {},
      onEvent: (_sessionId: string, handler: (event: ModelEvent) => void) => {
        emit = handler;
      },
    }),
    start,
  );
  const admission = traces.admission(async ({ streamSid }) => {
    await traces.attach(async () => undefined)(call, { epoch: 2, streamId: streamSid, gatewayId: 'g1' });
    return fits<Admitted>({ start, allowedPrivateHosts: [] });
  });
  let given = carrier;
  const admit = traces.admit(async (asked, signature, wrapped) => {
    given = wrapped;
    await admission(asked, signature);
    return deaf;
  });
  const listener = await admit(message, undefined, carrier);
  const line = traces.line(
    fits<CallLine>({
      writeTurns: async () => {},
      tellStopped: async () => true,
      handOver: async () => true,
      runTool: async () => fits<ToolResult>({ status: tracer.running() === 'tool' ? 'ok' : 'failed', latencyMs: 5 }),
    }),
    start,
  );
  return { tracer, traces, model, line, listener, carrier: () => given, emit: (event: ModelEvent) => emit(event) };
}

it('tells what happened on a stream, each thing beneath it', async () => {
  const { tracer, model, line, carrier: given, emit } = await openStream();
  await model?.startSession(fits<SessionConfig>({ modelId: 'm' }));
  model?.onEvent('s', () => {});
  const turn = fits<Turn>({ seq: 2, speaker: 'assistant', startMs: 3000, latencyMs: 700 });
  await line.writeTurns([turn]);
  await line.writeTurns([turn]);
  await line.runTool({ functionCallId: 'f', tool: fits<ToolDefinition>({ name: 'order_status' }), args: {} });
  given().clear(120);
  emit({ type: 'closed', code: 1011, reason: 'words of the vendor' });
  await model?.startSession(fits<SessionConfig>({ modelId: 'm' }));
  await line.tellStopped({ outcome: 'ended', lastSeq: 2 });
  await model?.stopSession('s');
  given().close();
  expect(tracer.tree()).toEqual([
    'stream ended',
    '  attach unanswered',
    '  model open opened',
    '  turn',
    '  tool ok',
    '  interruption',
    '  roll-over closed-1011',
    '    model open opened',
    '  roll-over replaced …', // the last session's end is no roll-over: it is never told
  ]);
  expect(tracer.roots[0]?.facts).toMatchObject({ ...call, epoch: 2, gatewayId: 'g1', nodeId: 'talk' });
  expect(tracer.roots[0]?.beneath[4]).toMatchObject({ startMs: 9880, endMs: 10_000 });
  // Where the call's clock shows 3000 and the stream began at 500.
  expect(tracer.roots[0]?.beneath[2]).toMatchObject({ startMs: 11_800, endMs: 12_500 });
});

it('tells the way out of a gateway that drains', async () => {
  const { tracer, traces, line, carrier: given } = await openStream();
  traces.draining();
  await line.handOver(3, 2500);
  given().close();
  expect(tracer.tree()).toEqual(['stream handed-over', '  attach unanswered', '  drain']);
});

it('tells a lost stream and a model that is not to be had as failures', async () => {
  const tracer = createFakeTracer();
  const traces = createStreamTraces(tracer, 'g1', () => 0);
  const refusing = fits<RealtimeModel>({ startSession: () => Promise.reject(new AppError('model-refused', 'no')) });
  await expect(traces.model(refusing, start)?.startSession(fits<SessionConfig>({ modelId: 'm' }))).rejects.toThrow(
    'no',
  );
  const refused = traces.admission(async ({ streamSid }) => {
    await traces.attach(async () => undefined)(call, { epoch: 2, streamId: streamSid, gatewayId: 'g1' });
    throw new AppError('stale-epoch', 'too late');
  });
  await expect(refused(message, undefined)).rejects.toThrow('too late');
  const open = await openStream();
  open.listener.streamLost(1006);
  expect(tracer.tree()).toEqual(['model open model-refused *', 'stream stale-epoch *', '  attach unanswered']);
  expect(open.tracer.tree()[0]).toBe('stream lost-1006 *');
});
