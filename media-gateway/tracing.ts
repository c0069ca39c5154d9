/**
 * What a gateway traces of its calls. The spans are taken at the edges of a session, as its metrics are: a stream, the model
 * sessions beneath it, each answer from the end of the caller's turn to its first audio, interruptions, tools, roll-overs
 * and the way out when the gateway drains.
 */
import { AppError } from '../contracts/errors.ts';
import type { AttachAnswer, AttachInput } from '../contracts/messages.ts';
import type { RealtimeModel } from '../contracts/realtime-model.ts';
import { type TracedCall, type Tracer, type TraceSpan } from '../contracts/tracing.ts';
import type { Turn } from '../contracts/turns.ts';
import type { Admission } from './admission.ts';
import type { Admit, StreamListener } from './carrier-socket.ts';
import type { CallLine, SessionCarrier, SessionStart } from './session/session-deps.ts';
import { watchedModel } from './watched-model.ts';

type Attach = (call: TracedCall, input: AttachInput) => Promise<AttachAnswer | undefined>;

export interface StreamTraces {
  /** Begins the stream's span: who asks for it is known from here on. */
  attach(attach: Attach): Attach;
  /** Ends it where the stream is refused. */
  admission(admission: Admission): Admission;
  /** Ends it where the stream ends. */
  admit(admit: Admit): Admit;
  /** A session may be opened before its stream is there. */
  model(model: RealtimeModel | undefined, call: StreamKey): RealtimeModel | undefined;
  line(line: CallLine, start: SessionStart): CallLine;
  /** The gateway gives its calls up from now on. */
  draining(): void;
}

interface StreamKey extends TracedCall {
  readonly epoch: number;
}

interface Stream {
  key?: string;
  readonly span: TraceSpan;
  /** Milliseconds since 1970 at which the call's clock showed zero. */
  zeroMs: number;
  /** The span of a change of model sessions that goes on. */
  rolling?: TraceSpan | undefined;
  draining?: TraceSpan;
  lastTurn: number;
  outcome?: string;
}

/** `wallMs`: milliseconds since 1970. */
export function createStreamTraces(tracer: Tracer, gatewayId: string, wallMs: () => number): StreamTraces {
  const bySid = new Map<string, Stream>();
  const byKey = new Map<string, Stream>();

  const end = (streamSid: string, outcome: string, failed = false): void => {
    const stream = bySid.get(streamSid);
    bySid.delete(streamSid);
    if (stream?.key !== undefined && byKey.get(stream.key) === stream) byKey.delete(stream.key);
    stream?.draining?.end();
    stream?.span.end({ facts: { outcome: stream.outcome ?? outcome }, failed });
  };

  return {
    attach: (attach) => async (call, input) => {
      const { epoch, streamId } = input;
      const span = tracer.begin(call, 'stream', { facts: { epoch, gatewayId } });
      bySid.set(streamId, { span, zeroMs: wallMs(), lastTurn: 0 });
      const attaching = span.child('attach');
      const answer = await attaching
        .within(() => attach(call, input))
        .catch((failure: unknown) => {
          attaching.end({ failed: true });
          throw failure;
        });
      attaching.end({ facts: { outcome: outcomeOf(answer) } });
      return answer;
    },

    admission: (admission) => async (message, signature) => {
      try {
        const admitted = await admission(message, signature);
        const stream = bySid.get(message.streamSid);
        if (!stream) return admitted;
        const { nodeId, clockMs } = admitted.start;
        stream.zeroMs = wallMs() - clockMs;
        stream.span.tell({ nodeId });
        stream.key = keyOf(admitted.start);
        byKey.set(stream.key, stream);
        return admitted;
      } catch (refusal) {
        end(message.streamSid, refusal instanceof AppError ? refusal.code : 'fault', true);
        throw refusal;
      }
    },

    admit: (admit) => async (start, signature, carrier) => {
      const { streamSid } = start;
      const listener = await admit(start, signature, tracedCarrier(carrier, bySid, streamSid, end, wallMs));
      return tracedListener(listener, (outcome, failed) => end(streamSid, outcome, failed));
    },

    model: (model, call) => model && tracedModel(model, tracer, call, () => byKey.get(keyOf(call))),

    line(line, start) {
      const stream = byKey.get(keyOf(start));
      return stream ? tracedLine(line, stream) : line;
    },

    draining() {
      for (const stream of bySid.values()) stream.draining ??= stream.span.child('drain');
    },
  };
}

const keyOf = ({ callId, epoch }: StreamKey): string => `${epoch}/${callId}`;

function outcomeOf(answer: AttachAnswer | undefined): string {
  if (!answer) return 'unanswered';
  return answer.accepted ? 'accepted' : answer.reason;
}

function tracedCarrier(
  carrier: SessionCarrier,
  streams: ReadonlyMap<string, Stream>,
  streamSid: string,
  end: (streamSid: string, outcome: string) => void,
  wallMs: () => number,
): SessionCarrier {
  return {
    ...carrier,
    clear(soundMs = 0) {
      const startMs = wallMs() - soundMs;
      streams
        .get(streamSid)
        ?.span.child('interruption', { startMs })
        .end({ endMs: startMs + soundMs });
      carrier.clear(soundMs);
    },
    close() {
      end(streamSid, 'closed');
      carrier.close();
    },
  };
}

function tracedListener(listener: StreamListener, end: (outcome: string, failed?: boolean) => void): StreamListener {
  return {
    media: (timestampMs, mulaw, arrivedMs) => listener.media(timestampMs, mulaw, arrivedMs),
    mark: (name) => listener.mark(name),
    digit: (digit) => listener.digit(digit),
    callerGone() {
      end('callerHungUp');
      listener.callerGone();
    },
    streamLost(code) {
      end(`lost-${code}`, true);
      listener.streamLost(code);
    },
  };
}

function tracedModel(
  model: RealtimeModel,
  tracer: Tracer,
  call: TracedCall,
  streamNow: () => Stream | undefined,
): RealtimeModel {
  const rollOver = (outcome: string): void => {
    const stream = streamNow();
    if (stream) stream.rolling ??= stream.span.child('roll-over', { facts: { outcome } });
  };
  return watchedModel(model, {
    async startSession(config) {
      const { modelId } = config;
      const stream = streamNow();
      const parent = stream?.rolling ?? stream?.span;
      const span = parent
        ? parent.child('model open', { facts: { modelId } })
        : tracer.begin(call, 'model open', { facts: { modelId } });
      try {
        const session = await model.startSession(config);
        span.end({ facts: { outcome: 'opened' } });
        stream?.rolling?.end({ facts: { modelId } });
        if (stream) stream.rolling = undefined;
        return session;
      } catch (failure) {
        span.end({ facts: { outcome: failure instanceof AppError ? failure.code : 'fault' }, failed: true });
        throw failure;
      }
    },
    onEvent: (sessionId, handler) =>
      model.onEvent(sessionId, (event) => {
        if (event.type === 'closed') rollOver(`closed-${event.code}`);
        handler(event);
      }),
    stopSession(sessionId) {
      rollOver('replaced');
      return model.stopSession(sessionId);
    },
  });
}

function tracedLine(line: CallLine, stream: Stream): CallLine {
  const { span } = stream;
  return {
    ...line,
    writeTurns(turns) {
      for (const turn of turns) tellTurn(stream, turn);
      return line.writeTurns(turns);
    },
    tellStopped(stopped) {
      stream.outcome = stopped.outcome;
      return span.within(() => line.tellStopped(stopped));
    },
    async askNext(left) {
      const before = stream.outcome;
      stream.outcome = left.outcome;
      const answer = await span.within(() => line.askNext(left));
      if (answer?.next === 'assistant') stream.outcome = before;
      return answer;
    },
    checkpoint: (lastSeq) => span.within(() => line.checkpoint(lastSeq)),
    prepareHandover: (successor) => (stream.draining ?? span).within(() => line.prepareHandover(successor)),
    handOver(lastSeq, heardUntilMs) {
      stream.outcome = 'handed-over';
      return (stream.draining ?? span).within(() => line.handOver(lastSeq, heardUntilMs));
    },
    async runTool(call) {
      const running = span.child('tool', { facts: { tool: call.tool.name } });
      const result = await running.within(() => line.runTool(call));
      running.end({ facts: { outcome: result.status, latencyMs: result.latencyMs }, failed: result.status !== 'ok' });
      return result;
    },
  };
}

/** A turn is written again and again while it goes on: it is told once, from the caller's last sound to the answer's first. */
function tellTurn(stream: Stream, { seq, speaker, startMs, latencyMs }: Turn): void {
  if (speaker !== 'assistant' || latencyMs === undefined || seq <= stream.lastTurn) return;
  stream.lastTurn = seq;
  const answeredMs = stream.zeroMs + startMs;
  stream.span.child('turn', { startMs: answeredMs - latencyMs, facts: { latencyMs } }).end({ endMs: answeredMs });
}
