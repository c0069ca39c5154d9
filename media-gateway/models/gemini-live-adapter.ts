/**
 * Gemini Live as a `RealtimeModel`: one adapter for all its models, told apart by `geminiCapabilities` alone.
 *
 * Invariants:
 * A1 Whatever a message holds, or a handler throws, ends at most the session it came on.
 * A2 A session ends with exactly one `closed` event, unless `stopSession` ended it: then with none.
 * A3 Audio is dropped, never queued, while the socket holds more than `MAX_BUFFERED_BYTES`.
 * A4 A call of a function has an id, its own or one of ours; its result goes back as the vendor knows it.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError } from '../../contracts/errors.ts';
import type {
  ModelEvent,
  ModelToolResult,
  RealtimeModel,
  SessionChange,
  SessionConfig,
  SessionHandle,
} from '../../contracts/realtime-model.ts';
import { createEventRelay, type EventRelay } from './event-relay.ts';
import { geminiCapabilities, type GeminiCapabilities } from './gemini-capabilities.ts';
import { eventsOf, type ServerMessage, type UsageMetadata, usageOf } from './gemini-messages.ts';
import { contextUpdateOf, geminiSetup } from './gemini-setup.ts';
import { readServerMessage } from './gemini-wire.ts';
import { type GeminiSocket, openGeminiSocket } from './gemini-socket.ts';
import type { ModelAdapterDeps } from './model-adapter-deps.ts';

const MAX_BUFFERED_BYTES = 85_000; // two seconds of PCM at 16 kHz, as base64
const AUDIO_HEAD = '{"realtimeInput":{"audio":{"data":"';
const AUDIO_TAIL = '","mimeType":"audio/pcm;rate=16000"}}}';
const GOES_ON = '[The conversation goes on.]';

interface Session {
  readonly capabilities: GeminiCapabilities;
  /** What it was set up with, later changes included. */
  config: SessionChange;
  readonly relay: EventRelay;
  socket?: GeminiSocket;
  /** Turns to put before the conversation, with the first text or ahead of the first audio. */
  seed: SessionConfig['seed'];
  /** The last count of the turn so far: the vendor repeats it, growing. */
  usage?: UsageMetadata;
  /** Calls that came without an id, by the id that we gave. */
  readonly ownIds: Set<string>;
}

export class GeminiLiveAdapter implements RealtimeModel {
  readonly #log: Logger;
  readonly #onAudioDropped: () => void;
  readonly #sessions = new Map<string, Session>();

  constructor({ log, onAudioDropped = () => undefined }: ModelAdapterDeps) {
    this.#log = log;
    this.#onAudioDropped = onAudioDropped;
  }

  async startSession(config: SessionConfig): Promise<SessionHandle> {
    const capabilities = geminiCapabilities(config.modelId);
    if (!capabilities) throw new AppError('model-refused', `no Gemini Live model: ${config.modelId}`);
    const sessionId = randomUUID();
    const relay = createEventRelay((thrown) => {
      this.#log.error({ sessionId, err: thrown }, 'model event handler failed');
      void this.stopSession(sessionId);
    });
    const session: Session = { capabilities, config, relay, seed: config.seed, ownIds: new Set() };
    this.#sessions.set(sessionId, session);
    try {
      session.socket = await openGeminiSocket({
        apiKey: config.apiKey,
        ...(config.baseUrl === undefined ? {} : { baseUrl: config.baseUrl }),
        modelId: config.modelId,
        setup: geminiSetup(config, capabilities),
        timeoutMs: config.connectTimeoutMs,
        onMessage: (bytes) => this.#receive(sessionId, session, bytes),
        onClosed: (code, reason) => this.#end(sessionId, session, code, reason),
      });
    } catch (failure) {
      this.#sessions.delete(sessionId);
      throw failure;
    }
    return {
      sessionId,
      inputFormat: { encoding: 'pcm16le', sampleRateHz: 16_000 },
      outputFormat: { encoding: 'pcm16le', sampleRateHz: 24_000 },
      activity: config.activity,
      lifetimeMs: capabilities.connectionMs,
      ...(capabilities.thinksMs !== undefined && { thinksMs: capabilities.thinksMs }),
    };
  }

  sendAudio(sessionId: string, chunk: Buffer): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session?.socket) return settled;
    if (session.seed) sendSeed(session);
    if (session.socket.bufferedBytes() > MAX_BUFFERED_BYTES) this.#onAudioDropped();
    else session.socket.send(AUDIO_HEAD + chunk.toString('base64') + AUDIO_TAIL);
    return settled;
  }

  signalActivity(sessionId: string, edge: 'start' | 'end'): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session?.seed) sendSeed(session);
    if (session) send(session, { realtimeInput: edge === 'start' ? { activityStart: {} } : { activityEnd: {} } });
    return settled;
  }

  sendText(sessionId: string, text: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session) return settled;
    const turns = takeSeed(session);
    const { nudge } = session.capabilities;
    if (nudge === 'clientContent') turns.push(turnOf('user', text));
    if (turns.length > 0) send(session, { clientContent: { turns, turnComplete: nudge === 'clientContent' } });
    if (nudge === 'realtimeText') send(session, { realtimeInput: { text } });
    return settled;
  }

  sendToolResults(sessionId: string, results: readonly ModelToolResult[]): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session || results.length === 0) return settled;
    // Without a schedule a model that did not wait may take the result up at any time, or never.
    const scheduling = session.capabilities.toolBehaviour === 'non-blocking-only' ? { scheduling: 'WHEN_IDLE' } : {};
    const functionResponses = results.map(({ id, name, response }) => {
      return session.ownIds.delete(id) ? { name, response, ...scheduling } : { id, name, response, ...scheduling };
    });
    send(session, { toolResponse: { functionResponses } });
    return settled;
  }

  async updateSession(sessionId: string, change: SessionChange): Promise<boolean> {
    const session = this.#sessions.get(sessionId);
    const update = session && contextUpdateOf(session.config, change, session.capabilities);
    if (!update) return false;
    session.config = change;
    session.ownIds.clear();
    send(session, update);
    return true;
  }

  answerCut(): Promise<void> {
    return settled;
  }

  onEvent(sessionId: string, handler: (event: ModelEvent) => void): void {
    this.#sessions.get(sessionId)?.relay.handle(handler);
  }

  stopSession(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session) emitUsage(session);
    this.#sessions.delete(sessionId);
    return session?.socket?.close() ?? settled;
  }

  #receive(sessionId: string, session: Session, bytes: Buffer): void {
    if (!this.#sessions.has(sessionId)) return;
    let events: ModelEvent[];
    try {
      const message = readServerMessage(bytes);
      events = [...eventsOf(message), ...callsOf(message, session), ...usageEvents(message, session)];
    } catch (thrown) {
      this.#log.warn({ sessionId, bytes: bytes.length, err: { name: nameOf(thrown) } }, 'malformed model message');
      return;
    }
    for (const event of events) session.relay.emit(event);
  }

  #end(sessionId: string, session: Session, code: number, reason: string): void {
    if (!this.#sessions.has(sessionId)) return;
    emitUsage(session);
    session.relay.emit({ type: 'closed', code, reason });
    // Kept until it is stopped: its owner may not have asked for its events yet.
  }
}

const settled = Promise.resolve();

function send(session: Session, message: object): void {
  session.socket?.send(JSON.stringify(message));
}

/** The caller speaks before a text has brought along what was said before: it goes ahead, and asks for no answer. */
function sendSeed(session: Session): void {
  const turns = takeSeed(session);
  const needsUser = session.capabilities.seed === 'last-turn-user' && turns.at(-1)?.role === 'model';
  if (needsUser) turns.push(turnOf('user', GOES_ON));
  if (turns.length > 0) send(session, { clientContent: { turns, turnComplete: false } });
}

function takeSeed(session: Session): ReturnType<typeof turnOf>[] {
  const turns = (session.seed ?? []).map(({ speaker, text }) => turnOf(speaker === 'caller' ? 'user' : 'model', text));
  session.seed = undefined;
  return turns;
}

function turnOf(role: 'user' | 'model', text: string) {
  return { role, parts: [{ text }] };
}

function callsOf({ toolCall }: ServerMessage, { ownIds }: Session): ModelEvent[] {
  if (!toolCall?.functionCalls?.length) return [];
  const calls = toolCall.functionCalls.map(({ id, name, args }) => {
    const known = id ?? randomUUID();
    if (id === undefined) ownIds.add(known);
    return { id: known, name: name ?? '', args: args ?? {} };
  });
  return [{ type: 'toolCall', calls }];
}

function usageEvents({ usageMetadata, serverContent }: ServerMessage, session: Session): ModelEvent[] {
  if (usageMetadata) session.usage = usageMetadata;
  if (!serverContent?.turnComplete || !session.usage) return [];
  const usage = usageOf(session.usage);
  delete session.usage;
  return [{ type: 'usage', usage }];
}

/** What the turn has cost so far that will never be over. */
function emitUsage(session: Session): void {
  for (const event of usageEvents({ serverContent: { turnComplete: true } }, session)) session.relay.emit(event);
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
