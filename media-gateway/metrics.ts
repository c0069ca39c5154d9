/**
 * What a gateway tells of itself. The figures are taken at the edges of a session, so that it knows nothing of them: what
 * comes in and goes out by the carrier, by the model and by the line to the rest of the world.
 */
import { AppError } from '../contracts/errors.ts';
import { createMetrics, waitBounds, type Metrics } from '../contracts/metrics.ts';
import type { RealtimeModel } from '../contracts/realtime-model.ts';
import type { Admit } from './carrier-socket.ts';
import { createModelHealth } from './model-health.ts';
import type { CallLine, SessionCarrier } from './session/session-deps.ts';
import { watchedModel } from './watched-model.ts';

export interface GatewayMetrics {
  readonly metrics: Metrics;
  /** False while one opening of a model after the other failed, whoever's they were. */
  modelsAnswer(): boolean;
  /** A frame for a model whose connection takes no more. */
  readonly audioDropped: () => void;
  /** Turns that will never be stored, and why. */
  readonly turnsLost: (why: LostFor, turns: number) => void;
  /** Admits as the other does, and counts the streams and their frames. */
  admit(admit: Admit): Admit;
  model(model: RealtimeModel | undefined): RealtimeModel | undefined;
  line(line: CallLine): CallLine;
  /** A call was taken over from a gateway that drained. */
  readonly takenOver: (isHeard: boolean) => void;
}

type LostFor = 'no-room' | 'call-over' | 'refused';
type CallPhase = 'admitting' | 'opening' | 'talking';

const FRAME_MS = 20;
/** A sound is known for a voice after 60 to 140 ms of it; what comes above that is waiting. */
const bargeInBounds = [0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.25, 0.32, 0.5, 1];
/** A carrier that ran dry for less than this in the middle of an answer was given its audio too late. */
const LATE_WITHIN_MS = 300;

/** `spooledTurns` wait on the disk for the database. */
export function createGatewayMetrics(nowMs: () => number, spooledTurns: () => number): GatewayMetrics {
  const metrics = createMetrics();
  const phases: Record<CallPhase, number> = { admitting: 0, opening: 0, talking: 0 };
  let writing = 0;
  let toolsRunning = 0;
  const models = createModelHealth(nowMs);
  metrics.gauge('switchboard_calls', 'Streams by phase', () =>
    Object.entries(phases).map(([phase, value]) => ({ value, labels: { phase } })),
  );
  metrics.gauge('switchboard_queue_depth', 'What waits for an answer from elsewhere', () => [
    { value: writing, labels: { queue: 'turn-writes' } },
    { value: toolsRunning, labels: { queue: 'tools' } },
    { value: spooledTurns(), labels: { queue: 'spooled-turns' } },
  ]);
  const streams = metrics.counter('switchboard_streams_total', 'Streams that asked to be admitted, by outcome');
  const frames = metrics.counter(
    'switchboard_frames_total',
    'Frames of 20 ms by kind: in, missing, out, late, dropped',
  );
  const framesIn = frames.of({ kind: 'in' });
  const framesMissing = frames.of({ kind: 'missing' });
  const framesOut = frames.of({ kind: 'out' });
  const framesLate = frames.of({ kind: 'late' });
  const framesDropped = frames.of({ kind: 'dropped' });
  const handovers = metrics.counter(
    'switchboard_handovers_total',
    'Calls taken over from a gateway that drained, by whether their caller was heard meanwhile',
  );
  const clears = metrics.counter('switchboard_interruptions_total', 'Times that playback was cut');
  const bargeIn = metrics.histogram(
    'switchboard_barge_in_seconds',
    "First sound of the caller until the assistant's playback was cut",
    bargeInBounds,
  );
  const opened = metrics.histogram('switchboard_model_open_seconds', 'Time until a model session was open', waitBounds);
  const modelErrors = metrics.counter('switchboard_model_errors_total', 'Failures of models by kind');
  const turnLatency = metrics.histogram(
    'switchboard_turn_latency_seconds',
    "End of the caller's speech to the first audio of the answer",
    waitBounds,
  );
  const toolTime = metrics.histogram('switchboard_tool_seconds', 'Tool calls by status', waitBounds);
  const writeFailures = metrics.counter(
    'switchboard_turn_write_failures_total',
    'Batches of turns that neither database nor spool took',
  );
  writeFailures.of({});

  const lost = metrics.counter('switchboard_turns_lost_total', 'Turns that will never be stored, by why');
  // There from the beginning: a first one that comes as the first sample is no increase to Prometheus.
  const lostTurns: Record<LostFor, ReturnType<typeof lost.of>> = {
    'no-room': lost.of({ why: 'no-room' }),
    'call-over': lost.of({ why: 'call-over' }),
    refused: lost.of({ why: 'refused' }),
  };

  const countedCarrier = (carrier: SessionCarrier, begin: () => void): SessionCarrier => {
    let dryAtMs = -Infinity;
    return {
      ...carrier,
      play(mulaw, mark) {
        const atMs = nowMs();
        begin();
        const lateMs = atMs - dryAtMs;
        if (lateMs > 0 && lateMs < LATE_WITHIN_MS) framesLate.add(Math.ceil(lateMs / FRAME_MS));
        framesOut.add(mulaw.length / 160);
        dryAtMs = Math.max(dryAtMs, atMs) + mulaw.length / 8;
        carrier.play(mulaw, mark);
      },
      clear(soundMs) {
        clears.add();
        if (soundMs !== undefined) bargeIn.observe(soundMs / 1000);
        dryAtMs = -Infinity;
        carrier.clear(soundMs);
      },
    };
  };

  return {
    metrics,
    modelsAnswer: () => models.answer(),
    audioDropped: () => framesDropped.add(),
    takenOver: (isHeard) => handovers.add({ heard: isHeard ? 'yes' : 'no' }),
    turnsLost: (why, turns) => lostTurns[why].add(turns),
    admit: (admit) => async (start, signature, carrier) => {
      let phase: CallPhase | undefined;
      const enter = (next: CallPhase | undefined): void => {
        if (phase) phases[phase] -= 1;
        phase = next;
        if (phase) phases[phase] += 1;
      };
      const begin = (): void => {
        if (phase === 'opening') enter('talking');
      };
      enter('admitting');
      try {
        const counted = countedCarrier(carrier, begin);
        const close = (): void => {
          enter(undefined);
          carrier.close();
        };
        const listener = await admit(start, signature, { ...counted, close });
        streams.add({ outcome: 'admitted' });
        if (phase) enter('opening');
        let nextMs: number | undefined;
        return {
          media(timestampMs, mulaw, arrivedMs) {
            framesIn.add();
            if (nextMs !== undefined && timestampMs > nextMs) {
              framesMissing.add(Math.round((timestampMs - nextMs) / FRAME_MS));
            }
            nextMs = timestampMs + mulaw.length / 8;
            listener.media(timestampMs, mulaw, arrivedMs);
          },
          mark: (name) => listener.mark(name),
          digit: (digit) => listener.digit(digit),
          callerGone() {
            enter(undefined);
            listener.callerGone();
          },
          streamLost(code) {
            enter(undefined);
            listener.streamLost(code);
          },
        };
      } catch (refusal) {
        enter(undefined);
        streams.add({ outcome: refusal instanceof AppError ? refusal.code : 'fault' });
        throw refusal;
      }
    },
    model: (model) => model && measuredModel(model),
    line: (line) => ({
      ...line,
      async writeTurns(turns) {
        writing += 1;
        try {
          await line.writeTurns(turns);
        } catch (failure) {
          writeFailures.add();
          throw failure;
        } finally {
          writing -= 1;
        }
        for (const { seq, latencyMs, speaker } of turns) {
          if (speaker !== 'assistant' || latencyMs === undefined || !newest(line, seq)) continue;
          turnLatency.observe(latencyMs / 1000);
        }
      },
      async runTool(call) {
        toolsRunning += 1;
        const startMs = nowMs();
        try {
          const result = await line.runTool(call);
          toolTime.observe((nowMs() - startMs) / 1000, { status: result.status });
          return result;
        } finally {
          toolsRunning -= 1;
        }
      },
    }),
  };

  function measuredModel(model: RealtimeModel): RealtimeModel {
    return watchedModel(model, {
      async startSession(config) {
        const startMs = nowMs();
        try {
          const session = await model.startSession(config);
          opened.observe((nowMs() - startMs) / 1000);
          models.opened();
          return session;
        } catch (failure) {
          modelErrors.add({ kind: failure instanceof AppError ? failure.code : 'fault' });
          models.failed(failure);
          throw failure;
        }
      },
      onEvent: (sessionId, handler) =>
        model.onEvent(sessionId, (event) => {
          if (event.type === 'closed') modelErrors.add({ kind: `closed-${event.code}` });
          if (event.type === 'goAway') modelErrors.add({ kind: 'go-away' });
          handler(event);
        }),
    });
  }
}

const seen = new WeakMap<CallLine, number>();

/** A turn is written again and again while it goes on: it counts once. */
function newest(line: CallLine, seq: number): boolean {
  if (seq <= (seen.get(line) ?? 0)) return false;
  seen.set(line, seq);
  return true;
}
