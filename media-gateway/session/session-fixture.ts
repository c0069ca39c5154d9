import { pino } from 'pino';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type {
  ModelEvent,
  ModelToolResult,
  RealtimeModel,
  SessionConfig,
  SessionHandle,
} from '../../contracts/realtime-model.ts';
import type { Turn } from '../../contracts/turns.ts';
import { encodeMulaw } from '../audio/mulaw.ts';
import { openModel } from './open-model.ts';
import { CallSession } from './call-session.ts';
import type { CallLine, SessionDeps, SessionStart } from './session-deps.ts';
import type { OpenModel } from './open-model.ts';

/** What tests of the session are made of: a clock in the hand, a carrier that plays, a model that says what it is told to say. */

export const assistant: AssistantVersion = {
  assistantId: 'linka',
  versionId: 'linka@1',
  version: 1,
  name: 'Linka',
  systemPrompt: 'Jsi linka obchodu.',
  language: 'cs-CZ',
  model: { modelId: 'fake-live', fallbackModelIds: [], latencyProfile: 'fast' },
  voice: { voiceId: 'Kore', modelVoice: 'Kore', bargeIn: true, bargeInGreeting: true },
  greeting: 'Dobrý den, tady Linka.',
  escalationKeywords: ['stížnost', 'právník'],
  tools: [
    {
      toolId: 't1',
      name: 'order_status',
      description: 'State of an order',
      type: 'http',
      endpoint: 'https://crm.example/orders',
      method: 'POST',
      headers: {},
      timeoutMs: 5000,
      idempotent: true,
      maxResponseBytes: 10_000,
    },
  ],
  outcomes: [{ name: 'sales', description: 'wants to buy' }],
  maxDurationMs: 600_000,
};

export interface FakeModelSession {
  config: SessionConfig;
  texts: string[];
  /** What was signalled of the caller's turns, each edge with the audio that had arrived. */
  activity: { edge: 'start' | 'end'; heardMs: number }[];
  /** Milliseconds of caller audio that arrived. */
  heardMs: number;
  results: ModelToolResult[];
  /** How much of each answer that was cut had been heard, in milliseconds. */
  cuts: number[];
  stopped: boolean;
  emit(event: ModelEvent): void;
}

export class FakeModel implements RealtimeModel {
  readonly sessions: FakeModelSession[] = [];
  /** Outcomes of the next openings, in order; none: they succeed. */
  readonly refusals: Error[] = [];
  lifetimeMs?: number;
  /** Goes by its own detection, whatever it is asked. */
  findsTurns = false;
  /** Openings wait for it. */
  gate: Promise<void> = Promise.resolve();

  async startSession(config: SessionConfig): Promise<SessionHandle> {
    await this.gate;
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const kept: ModelEvent[] = [];
    this.sessions.push({
      config,
      texts: [],
      activity: [],
      heardMs: 0,
      results: [],
      cuts: [],
      stopped: false,
      emit: (event) => void kept.push(event),
    });
    return {
      sessionId: String(this.sessions.length - 1),
      inputFormat: { encoding: 'pcm16le', sampleRateHz: 16_000 },
      outputFormat: { encoding: 'pcm16le', sampleRateHz: 24_000 },
      activity: this.findsTurns ? 'model' : config.activity,
      ...(this.lifetimeMs === undefined ? {} : { lifetimeMs: this.lifetimeMs }),
    };
  }

  async sendAudio(sessionId: string, chunk: Buffer): Promise<void> {
    this.#of(sessionId).heardMs += chunk.length / 32;
  }

  async signalActivity(sessionId: string, edge: 'start' | 'end'): Promise<void> {
    const session = this.#of(sessionId);
    session.activity.push({ edge, heardMs: Math.round(session.heardMs) });
  }

  async sendText(sessionId: string, text: string): Promise<void> {
    this.#of(sessionId).texts.push(text);
  }

  async sendToolResults(sessionId: string, results: readonly ModelToolResult[]): Promise<void> {
    this.#of(sessionId).results.push(...results);
  }

  async answerCut(sessionId: string, heardMs: number): Promise<void> {
    this.#of(sessionId).cuts.push(heardMs);
  }

  onEvent(sessionId: string, handler: (event: ModelEvent) => void): void {
    this.#of(sessionId).emit = handler;
  }

  async stopSession(sessionId: string): Promise<void> {
    this.#of(sessionId).stopped = true;
  }

  #of(sessionId: string): FakeModelSession {
    const session = this.sessions[Number(sessionId)];
    if (!session) throw new Error(`no session ${sessionId}`);
    return session;
  }
}

/** A carrier that plays in the time of the hand-held clock and echoes marks as the real one does. */
class FakeCarrier {
  playedMs = 0;
  clears = 0;
  closed = false;
  #queue: { untilMs: number; mark: string }[] = [];
  #dryAtMs = 0;
  readonly #nowMs: () => number;
  readonly #echo: (mark: string) => void;

  constructor(nowMs: () => number, echo: (mark: string) => void) {
    this.#nowMs = nowMs;
    this.#echo = echo;
  }

  media(mulaw: Uint8Array): void {
    this.#dryAtMs = Math.max(this.#dryAtMs, this.#nowMs()) + mulaw.length / 8;
    this.playedMs += mulaw.length / 8;
  }

  mark(mark: string): void {
    this.#queue.push({ untilMs: this.#dryAtMs, mark });
  }

  clear(): void {
    this.clears += 1;
    this.playedMs -= Math.max(0, this.#dryAtMs - this.#nowMs());
    this.#dryAtMs = this.#nowMs();
    for (const { mark } of this.#queue.splice(0)) this.#echo(mark);
  }

  close(): void {
    this.closed = true;
  }

  play(): void {
    while (this.#queue[0] && this.#queue[0].untilMs <= this.#nowMs()) this.#echo(this.#queue.shift()?.mark ?? '');
  }
}

export interface TestCall {
  session: CallSession;
  carrier: FakeCarrier;
  model: FakeModel;
  /** The model session that is open, the newest. */
  live(): FakeModelSession;
  turns: Map<number, Turn>;
  told: { outcome: string; lastSeq: number }[];
  stored: string[];
  handles: string[];
  /** Last turns of epochs that were given up between two turns. */
  handovers: number[];
  ended: Promise<void>;
  /** Lets time pass in ticks; the caller is silent, or makes a sound. */
  pass(ms: number, caller?: 'silent' | 'speaking' | 'absent'): Promise<void>;
}

export interface TestCallOptions {
  assistant?: Partial<AssistantVersion>;
  start?: Partial<SessionStart>;
  line?: Partial<CallLine>;
  model?: FakeModel;
  warmed?: Promise<OpenModel>;
}

export const silentLog = pino({ level: 'silent' });

/** A call in which nothing happens by itself: time passes when the test says so. */
export function startTestCall(options: TestCallOptions = {}): TestCall {
  let atMs = 1000;
  let timestampMs = 155;
  const ticks = new Set<(atMs: number) => void>();
  const model = options.model ?? new FakeModel();
  const turns = new Map<number, Turn>();
  const told: { outcome: string; lastSeq: number }[] = [];
  const stored: string[] = [];
  const handles: string[] = [];
  const handovers: number[] = [];
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const line: CallLine = {
    readMemory: async () => ({ turns: [] }),
    writeTurns: async (rows) => {
      for (const row of rows) turns.set(row.seq, row);
    },
    storeHandle: async (handle) => void handles.push(handle),
    tellStopped: async (stopped) => {
      told.push(stopped);
      return true;
    },
    storeOutcome: async (outcome) => void stored.push(outcome),
    checkpoint: async () => true,
    handOver: async (lastSeq) => handovers.push(lastSeq),
    writeCosts: async () => {},
    runTool: async () => ({
      status: 'ok',
      data: { state: 'sent' },
      retryable: false,
      hint: '',
      attempts: 1,
      latencyMs: 5,
    }),
    ...options.line,
  };
  const deps: SessionDeps = {
    nowMs: () => atMs,
    ticker: {
      add: (tick) => {
        ticks.add(tick);
        return () => ticks.delete(tick);
      },
    },
    openModel: (wish) => {
      return openModel({ modelOf: () => model, accessTo: async () => ({ apiKey: 'k' }), log: silentLog }, wish);
    },
    connectTimeoutMs: 1000,
    line,
    log: silentLog,
    onEnded: end,
  };
  const start: SessionStart = {
    tenantId: 'acme',
    callId: 'CA1',
    epoch: 1,
    nodeId: 'talk',
    assistant: { ...assistant, ...options.assistant },
    clockMs: 500,
    resumed: false,
    handedOver: false,
    vars: {},
    ...options.start,
  };
  const carrier: FakeCarrier = new FakeCarrier(deps.nowMs, (mark) => session.mark(mark));
  const session: CallSession = new CallSession(start, carrier, deps, options.warmed);
  const pass = async (ms: number, caller: 'silent' | 'speaking' | 'absent' = 'silent'): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 20) {
      await settled();
      atMs += 20;
      timestampMs += 20;
      carrier.play();
      if (caller !== 'absent') session.media(timestampMs, caller === 'speaking' ? voice : quiet);
      for (const tick of ticks) tick(atMs);
    }
    await settled();
  };
  const live = (): FakeModelSession => {
    const newest = model.sessions.at(-1);
    if (!newest) throw new Error('no model session yet');
    return newest;
  };
  return { session, carrier, model, live, turns, told, stored, handles, handovers, ended, pass };
}

/** Speech of the model: a tone that a voice profile takes for sound. */
export function speech(ms: number): ModelEvent {
  const pcm = Int16Array.from({ length: ms * 24 }, (_, i) => 9000 * Math.sin(i / 9));
  return { type: 'audio', audio: Buffer.from(pcm.buffer) };
}

const voice = encodeMulaw(Int16Array.from({ length: 160 }, (_, i) => 6000 * Math.sin(i / 5)));
const quiet = new Uint8Array(160).fill(0xff);

async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
