import { expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { ModelEvent, RealtimeModel } from '../contracts/realtime-model.ts';
import type { Turn } from '../contracts/turns.ts';
import type { StartMessage } from './carrier-messages.ts';
import type { StreamListener } from './carrier-socket.ts';
import { createGatewayMetrics } from './metrics.ts';
import type { CallLine, SessionCarrier } from './session/session-deps.ts';

const frame = new Uint8Array(160);
const start = {} as StartMessage;
const deaf: StreamListener = { media() {}, mark() {}, digit() {}, callerGone() {}, streamLost() {} };
const carrier: SessionCarrier = { play() {}, clear() {}, close() {} };

it('follows a stream through its phases and counts its frames', async () => {
  let atMs = 0;
  const { metrics, admit } = createGatewayMetrics(
    () => atMs,
    () => 4,
  );
  let given = carrier;
  const admitted = admit(async (_start, _signature, wrapped) => {
    given = wrapped;
    return deaf;
  });
  const listener = await admitted(start, undefined, carrier);
  expect(metrics.text()).toContain('switchboard_calls{phase="opening"} 1\n');
  for (const timestampMs of [100, 120, 180]) listener.media(timestampMs, frame, 0);
  given.play(frame, '1.160');
  atMs = 60; // 40 ms after the carrier had played it
  given.play(frame, '1.160');
  given.clear(120);
  given.clear();
  const text = metrics.text();
  expect(text).toContain('switchboard_calls{phase="talking"} 1\n');
  expect(text).toContain('switchboard_frames_total{kind="in"} 3\n');
  expect(text).toContain('switchboard_frames_total{kind="missing"} 2\n');
  expect(text).toContain('switchboard_frames_total{kind="out"} 2\n');
  expect(text).toContain('switchboard_frames_total{kind="late"} 2\n');
  expect(text).toContain('switchboard_queue_depth{queue="spooled-turns"} 4\n');
  expect(text).toContain('switchboard_interruptions_total 2\n');
  expect(text).toContain('switchboard_barge_in_seconds_count 1\n');
  expect(text).toContain('switchboard_barge_in_seconds_sum 0.12\n');
  listener.callerGone();
  given.close();
  expect(metrics.text()).toContain('switchboard_calls{phase="talking"} 0\n');
});

it('tells why streams were refused', async () => {
  const { metrics, admit } = createGatewayMetrics(
    () => 0,
    () => 4,
  );
  const refusing = admit(() => Promise.reject(new AppError('stale-epoch', 'too late')));
  await expect(refusing(start, undefined, carrier)).rejects.toThrow('too late');
  expect(metrics.text()).toContain('switchboard_streams_total{outcome="stale-epoch"} 1\n');
  expect(metrics.text()).toContain('switchboard_calls{phase="admitting"} 0\n');
});

it('says from the beginning that no turn was lost, and why some were', () => {
  const { metrics, turnsLost } = createGatewayMetrics(
    () => 0,
    () => 4,
  );
  for (const why of ['no-room', 'call-over', 'refused'])
    expect(metrics.text()).toContain(`switchboard_turns_lost_total{why="${why}"} 0\n`);
  expect(metrics.text()).toContain('switchboard_turn_write_failures_total 0\n');
  turnsLost('refused', 3);
  expect(metrics.text()).toContain('switchboard_turns_lost_total{why="refused"} 3\n');
});

it('counts the failures of models by kind', async () => {
  const { metrics, model } = createGatewayMetrics(
    () => 0,
    () => 4,
  );
  let emit: (event: ModelEvent) => void = () => {};
  const measured = model({
    startSession: () => Promise.reject(new AppError('model-refused', 'no')),
    onEvent: (_sessionId, handler) => {
      emit = handler;
    },
  } as Partial<RealtimeModel> as RealtimeModel);
  await expect(measured?.startSession({} as never)).rejects.toThrow('no');
  const events: string[] = [];
  measured?.onEvent('s', ({ type }) => events.push(type));
  emit({ type: 'closed', code: 1011, reason: '' });
  expect(events).toEqual(['closed']);
  expect(metrics.text()).toContain('switchboard_model_errors_total{kind="model-refused"} 1\n');
  expect(metrics.text()).toContain('switchboard_model_errors_total{kind="closed-1011"} 1\n');
});

it('counts the latency of a turn once, however often the turn is written', async () => {
  const { metrics, line } = createGatewayMetrics(
    () => 0,
    () => 4,
  );
  const measured = line({ writeTurns: async () => {} } as Partial<CallLine> as CallLine);
  const turn = { seq: 2, speaker: 'assistant', latencyMs: 500 } as Turn;
  await measured.writeTurns([turn]);
  await measured.writeTurns([turn]);
  expect(metrics.text()).toContain('switchboard_turn_latency_seconds_count 1\n');
  expect(metrics.text()).toContain('switchboard_turn_latency_seconds_sum 0.5\n');
});
