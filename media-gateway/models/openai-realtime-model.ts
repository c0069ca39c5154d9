/**
 * The realtime interface of OpenAI's models behind the common one.
 *
 * Invariants:
 * O1 Audio of a response that was cancelled is dropped, however late it comes.
 * O2 A response is asked for only while none is active; what is wanted meanwhile is asked for at its end, once.
 * O3 The vendor's generation runs ahead of the telephone: the caller's speech cuts what is still played although no
 *    response is active any more.
 * O4 A truncation never names more audio than has come.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type {
  ModelEvent,
  ModelToolResult,
  RealtimeModel,
  SessionChange,
  SessionConfig,
  SessionHandle,
} from '../../contracts/realtime-model.ts';
import { createEventRelay, type EventRelay } from './event-relay.ts';
import type { ModelAdapterDeps } from './model-adapter-deps.ts';
import { changeUpdate, messageItem, type ServerEvent, sessionUpdate, toolCallOf, usageOf } from './openai-events.ts';
import { type OpenAiSocket, openOpenAiSocket } from './openai-socket.ts';

interface Session {
  readonly relay: EventRelay;
  /** What it was set up with, later changes included. */
  config: SessionChange;
  socket?: OpenAiSocket;
  /** The response that is going on. */
  active: string | undefined;
  readonly cancelled: Set<string>;
  /** When each of the caller's last utterances was over: its text comes later, and not always in turn. */
  readonly spokenAtMs: Map<string, number>;
  wantsResponse: boolean;
  /** The last answer's audio, for truncation. */
  spoken: { readonly itemId: string; readonly responseId: string | undefined; bytes: number } | undefined;
}

const LIFETIME_MS = 3_600_000; // then the vendor ends the session, and there is no resumption
const MAX_BUFFERED_BYTES = 64 * 1024;
const BYTES_PER_MS = 8;
const settled = Promise.resolve();

export class OpenAIRealtimeModel implements RealtimeModel {
  readonly #log: Logger;
  readonly #onAudioDropped: () => void;
  readonly #sessions = new Map<string, Session>();

  constructor({ log, onAudioDropped = () => undefined }: ModelAdapterDeps) {
    this.#log = log;
    this.#onAudioDropped = onAudioDropped;
  }

  async startSession(config: SessionConfig): Promise<SessionHandle> {
    const sessionId = randomUUID();
    const relay = createEventRelay((thrown) => {
      this.#log.error({ sessionId, err: thrown }, 'model event handler failed');
      void this.stopSession(sessionId);
    });
    const session: Session = {
      relay,
      config,
      active: undefined,
      cancelled: new Set(),
      spokenAtMs: new Map(),
      wantsResponse: false,
      spoken: undefined,
    };
    this.#sessions.set(sessionId, session);
    try {
      const socket = await openOpenAiSocket({
        apiKey: config.apiKey,
        ...(config.baseUrl === undefined ? {} : { baseUrl: config.baseUrl }),
        modelId: config.modelId,
        setup: sessionUpdate(config),
        timeoutMs: config.connectTimeoutMs,
        onEvent: (event) => this.#receive(sessionId, session, event),
        onClosed: (code, reason) => {
          if (this.#sessions.has(sessionId)) relay.emit({ type: 'closed', code, reason });
        },
      });
      session.socket = socket;
      for (const { speaker, text } of config.seed ?? []) {
        socket.send(messageItem(speaker === 'caller' ? 'user' : 'assistant', text));
      }
    } catch (failure) {
      this.#sessions.delete(sessionId);
      throw failure;
    }
    const format = { encoding: 'mulaw', sampleRateHz: 8000 } as const;
    const { activity } = config;
    return { sessionId, inputFormat: format, outputFormat: format, lifetimeMs: LIFETIME_MS, activity };
  }

  sendAudio(sessionId: string, chunk: Buffer): Promise<void> {
    const socket = this.#sessions.get(sessionId)?.socket;
    if (!socket) return settled;
    if (socket.bufferedBytes() > MAX_BUFFERED_BYTES) this.#onAudioDropped();
    else socket.sendText(`{"type":"input_audio_buffer.append","audio":"${chunk.toString('base64')}"}`);
    return settled;
  }

  signalActivity(sessionId: string, edge: 'start' | 'end'): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session) return settled;
    if (edge === 'start') {
      session.wantsResponse = false;
      cancelActive(session);
    } else {
      session.socket?.send({ type: 'input_audio_buffer.commit' });
      wantResponse(session);
    }
    return settled;
  }

  sendText(sessionId: string, text: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    session?.socket?.send(messageItem('system', text));
    if (session) wantResponse(session);
    return settled;
  }

  async updateSession(sessionId: string, change: SessionChange): Promise<boolean> {
    const session = this.#sessions.get(sessionId);
    const update = session && changeUpdate(session.config, change);
    if (!update) return false;
    session.config = change;
    session.wantsResponse = false;
    cancelActive(session);
    session.socket?.send(update);
    return true;
  }

  sendToolResults(sessionId: string, results: readonly ModelToolResult[]): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session || results.length === 0) return settled;
    for (const { id, response } of results) {
      const item = { type: 'function_call_output', call_id: id, output: JSON.stringify(response) };
      session.socket?.send({ type: 'conversation.item.create', item });
    }
    wantResponse(session);
    return settled;
  }

  answerCut(sessionId: string, heardMs: number): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session?.spoken) return settled;
    const { itemId, bytes } = session.spoken;
    session.spoken = undefined;
    const endMs = Math.max(0, Math.floor(Math.min(heardMs, bytes / BYTES_PER_MS)));
    const truncation = { item_id: itemId, content_index: 0, audio_end_ms: endMs };
    session.socket?.send({ type: 'conversation.item.truncate', ...truncation });
    return settled;
  }

  onEvent(sessionId: string, handler: (event: ModelEvent) => void): void {
    this.#sessions.get(sessionId)?.relay.handle(handler);
  }

  stopSession(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    return session?.socket?.close() ?? settled;
  }

  #receive(sessionId: string, session: Session, event: ServerEvent | undefined): void {
    if (!this.#sessions.has(sessionId)) return;
    if (!event) return this.#log.warn({ sessionId }, 'malformed model message');
    if (event.type === 'error') {
      const { code, message } = event.error ?? {};
      return this.#log.warn({ sessionId, code, pii: { message } }, 'the model reports an error');
    }
    for (const found of eventsOf(session, event)) session.relay.emit(found);
  }
}

function eventsOf(session: Session, event: ServerEvent): ModelEvent[] {
  const isCancelled = session.cancelled.has(event.response_id ?? '');
  switch (event.type) {
    case 'response.created':
      session.active = event.response?.id;
      return [];
    case 'response.output_audio.delta':
      return isCancelled ? [] : [audioOf(session, event)];
    case 'response.output_audio_transcript.delta':
      return isCancelled || !event.delta ? [] : [{ type: 'assistantTranscript', text: event.delta }];
    case 'response.output_audio.done':
      return isCancelled ? [] : [{ type: 'generationComplete' }];
    case 'response.function_call_arguments.done':
      return isCancelled ? [] : [toolCallOf(event)];
    case 'input_audio_buffer.committed':
      committed(session, event);
      return [];
    case 'conversation.item.input_audio_transcription.completed':
      return transcriptOf(session, event);
    case 'input_audio_buffer.speech_started':
      return callerSpeaks(session);
    case 'response.done':
      return responseDone(session, event);
    default:
      return [];
  }
}

function audioOf(
  session: Session,
  { item_id: itemId = '', response_id: responseId, delta = '' }: ServerEvent,
): ModelEvent {
  const audio = Buffer.from(delta, 'base64');
  if (session.spoken?.itemId === itemId) session.spoken.bytes += audio.length;
  else session.spoken = { itemId, responseId, bytes: audio.length };
  return { type: 'audio', audio };
}

function committed({ spokenAtMs }: Session, { item_id: itemId = '' }: ServerEvent): void {
  spokenAtMs.set(itemId, performance.now());
  const oldest = spokenAtMs.keys().next().value;
  if (spokenAtMs.size > 20 && oldest !== undefined) spokenAtMs.delete(oldest);
}

function transcriptOf({ spokenAtMs }: Session, { item_id: itemId = '', transcript }: ServerEvent): ModelEvent[] {
  const atMs = spokenAtMs.get(itemId);
  if (!transcript) return [];
  const spoken = atMs === undefined ? {} : { spokenMsAgo: performance.now() - atMs };
  return [{ type: 'callerTranscript', text: transcript, ...spoken }];
}

function callerSpeaks(session: Session): ModelEvent[] {
  if (!session.config.bargeIn || session.config.activity === 'client') return [];
  session.wantsResponse = false;
  if (session.active === undefined) return [{ type: 'interrupted' }, { type: 'turnComplete' }];
  cancelled(session, session.active);
  return [{ type: 'interrupted' }];
}

function responseDone(session: Session, { response }: ServerEvent): ModelEvent[] {
  if (response?.status === 'cancelled' && response.id) cancelled(session, response.id);
  if (session.active === response?.id) session.active = undefined;
  if (session.wantsResponse) wantResponse(session);
  const usage: ModelEvent[] = response?.usage ? [{ type: 'usage', usage: usageOf(response.usage) }] : [];
  const isCutOff = cutsOff.has(response?.status ?? '') && session.spoken?.responseId === response?.id;
  return [...usage, ...(isCutOff ? [interrupted] : []), { type: 'turnComplete' }];
}

/** How a response ends that the vendor breaks off. */
const cutsOff: ReadonlySet<string> = new Set(['failed', 'incomplete']);
const interrupted: ModelEvent = { type: 'interrupted' };

function cancelActive(session: Session): void {
  if (session.active === undefined) return;
  cancelled(session, session.active);
  session.socket?.send({ type: 'response.cancel', response_id: session.active });
}

function cancelled(session: Session, responseId: string): void {
  session.cancelled.add(responseId);
  const [oldest] = session.cancelled;
  if (session.cancelled.size > 20 && oldest !== undefined) session.cancelled.delete(oldest);
}

function wantResponse(session: Session): void {
  session.wantsResponse = session.active !== undefined;
  if (!session.wantsResponse) session.socket?.send({ type: 'response.create' });
}
