import { pino } from 'pino';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { ModelEvent } from '../../contracts/realtime-model.ts';
import type { Turn } from '../../contracts/turns.ts';
import { encodeMulaw } from '../audio/mulaw.ts';
import { CallSession } from './call-session.ts';
import type { HeardAhead } from './caller-stream.ts';
import { FakeCarrier } from './fake-carrier.ts';
import { FakeModel, type FakeModelSession } from './fake-model.ts';
import { openModel } from './open-model.ts';
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
  /** Epochs that were given up between two turns, and when. */
  handovers: { lastSeq: number; heardUntilMs: number | undefined; atMs: number }[];
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
  ahead?: HeardAhead;
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
  const handovers: TestCall['handovers'] = [];
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const line: CallLine = {
    readMemory: async () => ({ turns: [] }),
    writeTurns: async (rows) => {
      for (const row of rows) turns.set(row.seq, row);
    },
    storeHandle: async ({ handle }) => void handles.push(handle),
    tellStopped: async (stopped) => {
      told.push(stopped);
      return true;
    },
    askNext: async (stopped) => {
      told.push(stopped);
      return { next: 'carrier' };
    },
    storeOutcome: async ({ outcome }) => void stored.push(outcome),
    checkpoint: async () => true,
    sensitiveEntry: async () => true,
    prepareHandover: async () => undefined,
    handOver: async (lastSeq, heardUntilMs) => handovers.push({ lastSeq, heardUntilMs, atMs }),
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
    ahead: options.ahead,
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
      carrier.echoPlayed();
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

/** The greeting is over. */
export async function greeted(call: TestCall): Promise<void> {
  await call.pass(40);
  const model = call.live();
  model.emit(speech(1000));
  model.emit({ type: 'assistantTranscript', text: 'Dobrý den, tady Linka.' });
  model.emit({ type: 'generationComplete' });
  await call.pass(1100);
  model.emit({ type: 'turnComplete' });
}

/** One turn of the caller, whose words come at its end. */
export async function callerSays(call: TestCall, text: string, ms = 800): Promise<void> {
  await call.pass(ms, 'speaking');
  await call.pass(420);
  call.live().emit({ type: 'callerTranscript', text });
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
