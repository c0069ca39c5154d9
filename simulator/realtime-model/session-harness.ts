import { distortions, random } from '../speech/distortions.ts';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { resample } from '../speech/resample.ts';
import { loadScenario } from '../scenarios/load-scenario.ts';
import { isRecord, parseJson, recordAt, stringAt, valueAt, type JsonRecord } from './json.ts';
import { createLiveSession, type LiveSession } from './live-session.ts';
import { createTrapSet, type ModelTrapName, type TrapSet } from './model-traps.ts';
import { createResumptionStore, type ResumptionStore } from './resumption.ts';
import { newSessionRecord } from './session-record.ts';

/** A session on a virtual clock, for tests: time passes only by `run` and while somebody speaks. */
export interface SessionHarness {
  readonly session: LiveSession;
  readonly traps: TrapSet;
  readonly frames: readonly string[];
  readonly messages: readonly JsonRecord[];
  /** How the server ended the connection. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  send(message: unknown): void;
  sendRaw(text: string): void;
  /** Silence on the line for so long. */
  run(ms: number): void;
  say(phraseId: string): void;
  /** The words of either side, from a message on. */
  words(side: 'input' | 'output', from?: number): string;
  kinds(from?: number): string[];
  end(): void;
}

export interface HarnessOptions {
  readonly scenario?: string;
  readonly traps?: readonly ModelTrapName[];
  readonly trapSet?: TrapSet;
  readonly resumption?: ResumptionStore;
  readonly atMs?: number;
  /** Whether the line carries silence while time passes. */
  readonly line?: boolean;
  readonly id?: string;
}

export function createSessionHarness(options: HarnessOptions = {}): SessionHarness {
  const { scenario = 'demo-cs', line = true, id = 'session-1' } = options;
  const traps = options.trapSet ?? createTrapSet(options.traps);
  const frames: string[] = [];
  let now = options.atMs ?? 1_000_000;
  let closed: { code: number; reason: string } | undefined;
  let calls = 0;
  const session = createLiveSession({
    record: newSessionRecord({
      id,
      key: `sim-${scenario}`,
      scenario,
      apiVersion: 'v1beta',
      openedAtMs: now,
    }),
    scenario: loadScenario(scenario),
    traps,
    resumption: options.resumption ?? createResumptionStore(),
    wire: {
      send: (frame) => void frames.push(frame.toString()),
      close: (code, reason) => (closed = { code, reason }),
      break: () => (closed = { code: 1006, reason: '' }),
      hang: () => {},
    },
    random: random(1),
    newId: () => `function-call-${++calls}`,
    onViolation: () => {},
  });
  const parsed = (): JsonRecord[] => frames.map((frame) => parseJson(frame)).filter(isRecord);
  const receive = (text: string): void => session.receive(text, now);
  const audio = (pcm: Int16Array): void => {
    const data = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64');
    receive(JSON.stringify({ realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } } }));
  };
  const pass = (): void => {
    now += 20;
    if (session.nextDueMs <= now) session.tick(now);
  };
  const silence = new Int16Array(320);
  return {
    session,
    traps,
    frames,
    get messages() {
      return parsed();
    },
    get closed() {
      return closed;
    },
    send: (message) => receive(JSON.stringify(message)),
    sendRaw: receive,
    run(ms) {
      for (let passed = 0; passed < ms; passed += 20) {
        if (line) audio(silence);
        pass();
      }
    },
    say(phraseId) {
      const pcm = resample(distortions.mulaw(phrasePcm(loadPhraseBook().byId(phraseId), 8000)), 8000, 16000);
      for (let at = 0; at < pcm.length; at += 320) {
        audio(pcm.slice(at, at + 320));
        pass();
      }
    },
    words: (side, from = 0) =>
      parsed()
        .slice(from)
        .map((message) => stringAt(message, 'serverContent', `${side}Transcription`, 'text') ?? '')
        .join(''),
    kinds: (from = 0) => parsed().slice(from).flatMap(kindsOf),
    end: () => session.ended(1005, '', now),
  };
}

/** The keys of a message, those of `serverContent` in its place; audio is `audio`. */
function kindsOf(message: JsonRecord): string[] {
  return Object.keys(message).flatMap((key) => {
    const content = key === 'serverContent' ? recordAt(message, key) : undefined;
    if (!content) return [key];
    return Object.keys(content).map((inner) => (valueAt(content, inner, 'parts') === undefined ? inner : 'audio'));
  });
}

export const setupMessage = {
  setup: {
    model: 'models/gemini-3.8-live',
    generationConfig: { responseModalities: ['AUDIO'] },
    tools: [{ functionDeclarations: [{ name: 'order_status' }, { name: 'end_call' }] }],
    sessionResumption: {},
    inputAudioTranscription: {},
    outputAudioTranscription: {},
    realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs: 500 } },
  },
};

/** The same with other fields of its setup. */
export const withSetup = (change: Record<string, unknown>): unknown => ({
  setup: { ...setupMessage.setup, ...change },
});

export const greetMessage = {
  clientContent: { turns: [{ role: 'user', parts: [{ text: '(call connected, greet)' }] }], turnComplete: true },
};

/** A session that has greeted its caller. */
export function greetedHarness(options: HarnessOptions = {}, setup: unknown = setupMessage): SessionHarness {
  const harness = createSessionHarness(options);
  harness.send(setup);
  harness.send(greetMessage);
  harness.run(6000);
  return harness;
}
