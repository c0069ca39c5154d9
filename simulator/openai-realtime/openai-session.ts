import { decodeMulaw } from '../phone-network/mulaw.ts';
import { createDelays } from '../realtime-model/delays.ts';
import { createHearing, type Hearing, type Utterance } from '../realtime-model/hearing.ts';
import { listAt, parseJson, recordAt, stringAt, valueAt, type JsonRecord } from '../realtime-model/json.ts';
import { decide, type MindEvent, type MindState } from '../realtime-model/mind.ts';
import type { TrapSet } from '../realtime-model/model-traps.ts';
import { addAudio, addRow, heardRow, type SessionRecord } from '../realtime-model/session-record.ts';
import type { ModelRule, Scenario, ToolCallScript } from '../scenarios/scenario.ts';
import {
  type ClientEvent,
  type EventError,
  firstSettings,
  isError,
  readClientEvent,
  refusal,
  type SessionSettings,
  updatedSettings,
} from './client-events.ts';
import type { OpenAiTrapName } from './openai-traps.ts';
import { type SpokenStep, spokenSteps } from './spoken-pieces.ts';

/*
 * One connection of a client: events in, events out, as the vendor's realtime interface has them.
 *
 * Invariants:
 * 1. At most one response is active; asking for another meanwhile is an error event.
 * 2. A function's output makes nobody speak: only `response.create` does, or the caller where responses are automatic.
 * 3. Every response ends with exactly one `response.done`.
 * 4. What the session understands comes from its ear alone. Time comes in from outside.
 */
export interface OpenAiWire {
  send(text: string): void;
  close(code: number, reason: string): void;
}

export interface OpenAiSessionOptions {
  readonly record: SessionRecord;
  readonly model: string;
  readonly scenario: Scenario;
  readonly traps: TrapSet<OpenAiTrapName>;
  readonly wire: OpenAiWire;
  readonly random: () => number;
  readonly newId: (kind: string) => string;
  /** Called for whatever the real server answers with an error event. */
  readonly onViolation: (detail: string) => void;
}

export interface OpenAiSession {
  readonly record: SessionRecord;
  readonly nextDueMs: number;
  receive(text: string, atMs: number): void;
  tick(atMs: number): void;
  ended(code: number, reason: string, atMs: number): void;
}

interface Response {
  readonly id: string;
  readonly itemId: string;
  /** What it answers. */
  readonly about: MindEvent | undefined;
  readonly rule: ModelRule | undefined;
  readonly startMs: number;
  readonly steps: SpokenStep[];
  text: string;
  sentMs: number;
}

const thinkingMs = 300;
const lifetimeMs = 3_600_000;
const expiry = 'Your session hit the maximum duration of 60 minutes.';

export function createOpenAiSession(options: OpenAiSessionOptions): OpenAiSession {
  const { record, scenario, traps, wire, random, newId } = options;
  const delays = createDelays();
  const audioMsOf = new Map<string, number>();
  let now = record.openedAtMs;
  let settings: SessionSettings = firstSettings;
  let hearing: Hearing | undefined;
  let mind: MindState = [];
  let asks: 'start' | 'seeded' | undefined = 'start';
  /** What has happened since the last response began. */
  let news: MindEvent | undefined;
  let response: Response | undefined;
  let hasSpoken = false;
  let inputId = newId('item');
  let answered = 0;

  const take = (name: OpenAiTrapName): boolean => {
    if (!traps.take(name)) return false;
    addRow(record.sprung, { atMs: now, trap: name });
    return true;
  };
  const send = (type: string, fields: JsonRecord = {}, text?: string): void => {
    if (record.closed) return;
    if (type !== 'response.output_audio.delta') addRow(record.sent, { atMs: now, kind: type, ...(text && { text }) });
    wire.send(JSON.stringify({ type, event_id: newId('event'), ...fields }));
  };
  const sendError = (type: string, { code, message, param, eventId }: Omit<EventError, 'error'>): void => {
    send('error', { error: { type, code, message, param: param ?? null, event_id: eventId ?? null } }, message);
  };
  const refuse = (error: EventError): void => {
    options.onViolation(error.message);
    sendError('invalid_request_error', error);
  };
  const close = (code: number, reason: string): void => {
    if (record.closed) return;
    record.closed = { atMs: now, code, reason, by: 'server' };
    delays.clear();
    wire.close(code, reason);
  };
  const expire = (): void => {
    sendError('invalid_request_error', { code: 'session_expired', message: expiry });
    close(1001, '');
  };

  const sendAudio = (to: Response, data: string, durationMs: number): void => {
    addAudio(record.sent, now, durationMs);
    send('response.output_audio.delta', { ...placeOf(to), delta: data });
  };
  const placeOf = ({ id, itemId }: Response): JsonRecord => {
    return { response_id: id, item_id: itemId, output_index: 0, content_index: 0 };
  };
  const begin = (): void => {
    const decision = news && decide(scenario.model, mind, news, settings.instructions);
    if (decision) mind = decision.state;
    if (news && !decision?.rule) addRow(record.faults, { atMs: now, fault: `no rule for ${JSON.stringify(news)}` });
    const about = news;
    news = undefined;
    const rule = decision?.rule;
    const id = newId('resp');
    const steps = rule?.reply ? spokenSteps(rule.reply, random) : [];
    const startMs = now + (rule?.delayMs ?? thinkingMs);
    response = { id, itemId: newId('item'), about, rule, startMs, steps, text: '', sentMs: 0 };
    send('response.created', { response: { id, object: 'realtime.response', status: 'in_progress', output: [] } });
  };
  const callOf = ({ rule }: Response): ToolCallScript | undefined => {
    const scripted = rule?.toolCall === undefined ? [] : [rule.toolCall].flat();
    const call = scripted.find(({ name }) => settings.tools.includes(name));
    if (!call && scripted.length > 0) {
      addRow(record.faults, { atMs: now, fault: `none of these functions was declared: ${scripted[0]?.name ?? ''}` });
    }
    return call;
  };
  const end = (done: Response, status: string, details?: JsonRecord): void => {
    response = undefined;
    const output: JsonRecord[] = [];
    if (done.sentMs > 0) {
      audioMsOf.set(done.itemId, done.sentMs);
      hasSpoken = true;
      answered += 1;
      if (status === 'completed') send('response.output_audio.done', placeOf(done));
      send('response.output_audio_transcript.done', { ...placeOf(done), transcript: done.text }, done.text);
      const content = [{ type: 'output_audio', transcript: done.text }];
      const item = { id: done.itemId, type: 'message', role: 'assistant', status, content };
      send('response.output_item.done', { response_id: done.id, output_index: 0, item });
      output.push(item);
    }
    const call = status === 'completed' ? callOf(done) : undefined;
    if (call) {
      const callId = newId('call');
      const args = JSON.stringify(call.args);
      record.toolCalls.push({ id: callId, name: call.name, atMs: now });
      send(
        'response.function_call_arguments.done',
        { ...placeOf(done), item_id: newId('item'), call_id: callId, name: call.name, arguments: args },
        call.name,
      );
      output.push({ type: 'function_call', call_id: callId, name: call.name, arguments: args, status: 'completed' });
    }
    const usage = usageOf(done.sentMs, hearing?.receivedMs ?? 0);
    const body = { id: done.id, object: 'realtime.response', status, status_details: details ?? null, output, usage };
    send('response.done', { response: body });
    if (answered > 1 && status === 'completed' && !call && take('openai-session-expired')) expire();
  };
  const cancel = (reason: string): void => {
    if (!response) return;
    const cut = response;
    const late = cut.steps.find((step) => step.kind === 'audio');
    end(cut, 'cancelled', { type: 'cancelled', reason });
    if (late?.kind !== 'audio' || cut.sentMs === 0 || !take('openai-late-deltas')) return;
    for (const afterMs of [40, 120, 300]) delays.at(now + afterMs, () => sendAudio(cut, late.data, late.durationMs));
  };

  const onset = (): void => {
    if (!settings.automatic) return;
    const audioStartMs = Math.round(hearing?.receivedMs ?? 0);
    inputId = newId('item');
    send('input_audio_buffer.speech_started', { audio_start_ms: audioStartMs, item_id: inputId });
    if (settings.interrupts) cancel('turn_detected');
  };
  const heard = (utterance: Utterance): void => {
    const row = heardRow(utterance, now);
    addRow(record.heard, row);
    const itemId = inputId;
    if (settings.automatic)
      send('input_audio_buffer.speech_stopped', { audio_end_ms: Math.round(utterance.endMs), item_id: itemId });
    send('input_audio_buffer.committed', { item_id: itemId, previous_item_id: null });
    send('conversation.item.added', { item: { id: itemId, type: 'message', role: 'user', status: 'completed' } });
    if (settings.transcribes) {
      const completed = { item_id: itemId, content_index: 0, transcript: row.text };
      delays.at(now + 300 + random() * 400, () =>
        send('conversation.item.input_audio_transcription.completed', completed, row.text),
      );
    }
    asks = undefined;
    news = row.understood ? { kind: 'heard', phraseIds: row.phraseIds } : { kind: 'notUnderstood' };
    if (!settings.automatic || !settings.createsResponses || (hasSpoken && take('openai-no-response'))) return;
    if (!response) begin();
  };

  const update = (event: JsonRecord): void => {
    const updated = updatedSettings(settings, event);
    if (isError(updated)) return refuse(updated);
    if (hasSpoken && updated.voice !== settings.voice) {
      return refuse(refusal('cannot_update_voice', 'The voice cannot be changed after audio was spoken.', event));
    }
    settings = updated;
    record.setup = event['session'];
    hearing ??= createHearing({
      language: undefined,
      automatic: settings.automatic,
      silenceMs: settings.silenceMs,
      sensitive: true,
      onOnset: onset,
      onUtterance: heard,
    });
    send('session.updated', { session: { ...recordAt(event, 'session'), object: 'realtime.session', id: record.id } });
  };
  const append = (event: JsonRecord): void => {
    const audio = stringAt(event, 'audio');
    if (audio === undefined) return refuse(refusal('missing_required_parameter', "Missing: 'audio'.", event, 'audio'));
    const mulaw = Buffer.from(audio, 'base64');
    addAudio(record.received, now, mulaw.length / 8);
    if (!settings.automatic) hearing?.begin();
    hearing?.push(decodeMulaw(mulaw), 8000);
    record.receivedAudioMs = hearing?.receivedMs ?? 0;
  };
  const commit = (event: JsonRecord): void => {
    if (!hearing?.listening) {
      const message = 'Error committing input audio buffer: buffer too small.';
      return refuse(refusal('input_audio_buffer_commit_empty', message, event));
    }
    inputId = newId('item');
    return hearing.end();
  };
  const create = (event: JsonRecord): void => {
    const item = recordAt(event, 'item');
    const type = stringAt(item, 'type');
    const id = stringAt(item, 'id') ?? newId('item');
    if (type === 'function_call_output') {
      const callId = stringAt(item, 'call_id') ?? '';
      const output = stringAt(item, 'output');
      const call = record.toolCalls.find((one) => one.id === callId);
      if (!call || output === undefined) {
        return refuse(refusal('item_not_found', `No call '${callId}' waits for an output.`, event, 'item.call_id'));
      }
      const answer = parseJson(output);
      Object.assign(call, { answeredAtMs: now, response: answer });
      news = { kind: 'toolResult', name: call.name, response: answer };
    } else if (type === 'message') {
      const role = stringAt(item, 'role');
      const parts = listAt(item, 'content');
      const wanted = role === 'assistant' ? 'output_text' : 'input_text';
      if (parts.some((part) => stringAt(part, 'type') !== wanted)) {
        return refuse(refusal('invalid_value', `A message of ${role} holds ${wanted}.`, event, 'item.content'));
      }
      const text = parts.map((part) => stringAt(part, 'text') ?? '').join('\n');
      addRow(record.received, { atMs: now, kind: `message:${role}`, text });
      if (role === 'assistant' && asks) asks = 'seeded';
      // An utterance that waits for its answer is not forgotten for a word of the client's.
      if (role === 'system' && news?.kind !== 'heard') news = { kind: 'text', text, asksToSpeak: asks };
    } else return refuse(refusal('invalid_value', `Invalid value: '${type}'.`, event, 'item.type'));
    send('conversation.item.added', { item: { ...item, id } });
    send('conversation.item.done', { item: { ...item, id } });
    return undefined;
  };
  const truncate = (event: JsonRecord): void => {
    const itemId = stringAt(event, 'item_id') ?? '';
    const endMs = valueAt(event, 'audio_end_ms');
    const hasMs = audioMsOf.get(itemId) ?? (response?.itemId === itemId ? response.sentMs : undefined);
    addRow(record.received, { atMs: now, kind: 'truncate', text: String(endMs) });
    if (hasMs === undefined) return refuse(refusal('item_not_found', `No item '${itemId}'.`, event, 'item_id'));
    const beyond = `Audio content of ${hasMs}ms is already shorter than ${String(endMs)}ms`;
    if (take('openai-truncation-beyond-end'))
      return sendError('invalid_request_error', { code: 'invalid_value', message: beyond });
    if (typeof endMs !== 'number' || !Number.isInteger(endMs) || endMs > hasMs)
      return refuse(refusal('invalid_value', beyond, event, 'audio_end_ms'));
    audioMsOf.set(itemId, endMs);
    return send('conversation.item.truncated', { item_id: itemId, content_index: 0, audio_end_ms: endMs });
  };
  const respond = (event: JsonRecord): void => {
    if (response) {
      const message = `Conversation already has an active response in progress: ${response.id}.`;
      return refuse(refusal('conversation_already_has_active_response', message, event));
    }
    if (hasSpoken && news?.kind === 'heard' && take('openai-no-response')) return undefined;
    asks = undefined;
    return begin();
  };
  const act = ({ type, value }: ClientEvent): void => {
    if (type === 'input_audio_buffer.append') return append(value);
    addRow(record.received, { atMs: now, kind: type });
    if (type === 'session.update') return update(value);
    if (type === 'input_audio_buffer.commit' && !settings.automatic) return commit(value);
    if (type === 'conversation.item.create') return create(value);
    if (type === 'conversation.item.truncate') return truncate(value);
    if (type === 'response.create') return respond(value);
    if (type === 'response.cancel') {
      if (response) return cancel('client_cancelled');
      return refuse(refusal('response_cancel_not_active', 'Cancellation failed: no active response found', value));
    }
    return refuse(refusal('invalid_value', `${type} is of no use while the server finds the turns.`, value, 'type'));
  };

  const speak = (active: Response, atMs: number): void => {
    if (atMs < active.startMs) return;
    if (hasSpoken && active.sentMs === 0 && active.steps.length > 0 && take('openai-response-failed')) {
      const error = { type: 'server_error', code: 'server_error' };
      news ??= active.about;
      return end(active, 'failed', { type: 'failed', error });
    }
    for (let step = active.steps[0]; step && active.startMs + step.atMs <= atMs; step = active.steps[0]) {
      active.steps.shift();
      if (step.kind === 'words') {
        active.text += step.text;
        send('response.output_audio_transcript.delta', { ...placeOf(active), delta: step.text }, step.text);
        continue;
      }
      if (active.sentMs === 0) {
        const item = { id: active.itemId, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
        send('response.output_item.added', { response_id: active.id, output_index: 0, item });
      }
      active.sentMs += step.durationMs;
      sendAudio(active, step.data, step.durationMs);
      if (hasSpoken && take('openai-error-event')) {
        sendError('server_error', { code: 'server_error', message: 'The server had an error while processing.' });
      }
    }
    if (active.steps.length === 0) end(active, 'completed');
  };

  delays.at(now + lifetimeMs, expire);
  const session = { id: record.id, object: 'realtime.session', type: 'realtime', model: options.model };
  delays.at(now, () => send('session.created', { session }));
  return {
    record,
    get nextDueMs() {
      if (record.closed) return Infinity;
      const step = response && response.startMs + (response.steps[0]?.atMs ?? 0);
      return Math.min(delays.nextDueMs, step ?? Infinity);
    },
    receive(text, atMs) {
      now = atMs;
      if (record.closed) return;
      const event = readClientEvent(text);
      if (isError(event)) refuse(event);
      else act(event);
    },
    tick(atMs) {
      now = atMs;
      delays.run(atMs);
      if (response && !record.closed) speak(response, atMs);
    },
    ended(code, reason, atMs) {
      now = atMs;
      record.closed ??= { atMs, code, reason, by: 'client' };
      delays.clear();
    },
  };
}

/** One token for 100 ms of the caller and one for 50 ms of the assistant; the whole context counts each time. */
function usageOf(spokenMs: number, heardMs: number): JsonRecord {
  const [audioIn, audioOut] = [Math.round(heardMs / 100), Math.round(spokenMs / 50)];
  return {
    total_tokens: audioIn + audioOut + 250,
    input_tokens: audioIn + 200,
    output_tokens: audioOut + 50,
    input_token_details: { text_tokens: 200, audio_tokens: audioIn, cached_tokens: 0 },
    output_token_details: { text_tokens: 50, audio_tokens: audioOut },
  };
}
