import { decodeMulaw } from '../phone-network/mulaw.ts';
import { createHearing } from '../realtime-model/hearing.ts';
import { listAt, parseJson, recordAt, stringAt, valueAt, type JsonRecord } from '../realtime-model/json.ts';
import { addAudio, addRow } from '../realtime-model/session-record.ts';
import { takeOnset, takeTurn } from './caller-turns.ts';
import { isError, refusal, updatedSettings, type ClientEvent, type SessionSettings } from './client-events.ts';
import type { OpenAiConnection } from './openai-connection.ts';
import { beginResponse, cancelResponse } from './responses.ts';

type Act = (connection: OpenAiConnection, event: JsonRecord) => void;

/** What each event of the client's does; those that are not here make no sense in the session as it stands. */
const acts: Readonly<Record<string, Act>> = {
  'session.update': update,
  'conversation.item.create': create,
  'conversation.item.truncate': truncate,
  'response.create': respond,
  'response.cancel': cancel,
};

/** Does what an event of the client's asks for, or answers it with an error event. */
export function takeEvent(connection: OpenAiConnection, { type, value }: ClientEvent): void {
  if (type === 'input_audio_buffer.append') return append(connection, value);
  addRow(connection.record.received, { atMs: connection.nowMs, kind: type });
  if (!connection.settings.automatic && type === 'input_audio_buffer.commit') return commit(connection, value);
  if (!connection.settings.automatic && type === 'input_audio_buffer.clear') return clear(connection);
  const act = acts[type];
  if (act) return act(connection, value);
  const message = `${type} is of no use while the server finds the turns.`;
  return connection.refuse(refusal('invalid_value', message, value, 'type'));
}

function update(connection: OpenAiConnection, event: JsonRecord): void {
  const { model, record, refuse, response, send } = connection;
  const hasSpoken = connection.hasSpoken || (response?.sentMs ?? 0) > 0;
  const updated = updatedSettings(connection.settings, event, { model, hasSpoken });
  if (isError(updated)) return refuse(updated);
  if (connection.hearing) {
    noteReplaced(connection, recordAt(event, 'session') ?? {}, updated);
    connection.hearing.findTurns(updated);
  } else {
    record.setup = event['session'];
    connection.hearing = createHearing({
      language: undefined,
      line: connection.scenario.line?.noise ? 'noisy' : 'clean',
      automatic: updated.automatic,
      silenceMs: updated.silenceMs,
      sensitive: true,
      sampleRateHz: 8000,
      onOnset: () => takeOnset(connection),
      onUtterance: (utterance) => takeTurn(connection, utterance),
    });
  }
  connection.settings = updated;
  return send('session.updated', {
    session: { ...recordAt(event, 'session'), object: 'realtime.session', id: record.id },
  });
}

/** Writes down what a later update says anew of instructions and functions. */
function noteReplaced(
  connection: OpenAiConnection,
  session: JsonRecord,
  { instructions, tools }: SessionSettings,
): void {
  const told = {
    ...('instructions' in session && { instruction: instructions }),
    ...('tools' in session && { tools }),
  };
  if (Object.keys(told).length > 0) addRow(connection.record.contextUpdates, { atMs: connection.nowMs, ...told });
  if (instructions !== connection.settings.instructions) connection.asks = 'replaced';
}

function append(connection: OpenAiConnection, event: JsonRecord): void {
  const { hearing, nowMs, record, refuse, settings } = connection;
  const audio = stringAt(event, 'audio');
  if (audio === undefined) return refuse(refusal('missing_required_parameter', "Missing: 'audio'.", event, 'audio'));
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(audio) || audio.length % 4 !== 0) {
    return refuse(refusal('invalid_base64', 'Invalid audio: it is no base64.', event, 'audio'));
  }
  const mulaw = Buffer.from(audio, 'base64');
  addAudio(record.received, nowMs, mulaw.length / 8);
  if (!settings.automatic) hearing?.begin();
  hearing?.push(decodeMulaw(mulaw), 8000);
  record.receivedAudioMs = hearing?.receivedMs ?? 0;
  return undefined;
}

const shortestTurnMs = 100;

function commit(connection: OpenAiConnection, event: JsonRecord): void {
  const { hearing, newId, refuse } = connection;
  if (!hearing || hearing.turnMs < shortestTurnMs) {
    const message = `Error committing input audio buffer: buffer too small. Expected at least ${shortestTurnMs}ms of audio.`;
    return refuse(refusal('input_audio_buffer_commit_empty', message, event));
  }
  connection.inputId = newId('item');
  return hearing.end();
}

/** What was heard of the turn is forgotten. */
function clear({ hearing, send }: OpenAiConnection): void {
  hearing?.drop();
  send('input_audio_buffer.cleared');
}

function create(connection: OpenAiConnection, event: JsonRecord): void {
  const { newId, refuse, send } = connection;
  const item = recordAt(event, 'item');
  const type = stringAt(item, 'type');
  const id = stringAt(item, 'id') ?? newId('item');
  if (type !== 'function_call_output' && type !== 'message') {
    return refuse(refusal('invalid_value', `Invalid value: '${type}'.`, event, 'item.type'));
  }
  const taken = type === 'message' ? takeMessage(connection, event) : takeOutput(connection, event);
  if (!taken) return undefined;
  send('conversation.item.added', { item: { ...item, id } });
  return send('conversation.item.done', { item: { ...item, id } });
}

/** The output of a function; false where it was refused. */
function takeOutput(connection: OpenAiConnection, event: JsonRecord): boolean {
  const { nowMs, record, refuse } = connection;
  const callId = stringAt(event, 'item', 'call_id') ?? '';
  const output = stringAt(event, 'item', 'output');
  const call = record.toolCalls.find((one) => one.id === callId);
  if (!call || output === undefined) {
    refuse(refusal('item_not_found', `No call '${callId}' waits for an output.`, event, 'item.call_id'));
    return false;
  }
  const answer = parseJson(output);
  Object.assign(call, { answeredAtMs: nowMs, response: answer });
  connection.news = { kind: 'toolResult', name: call.name, response: answer };
  return true;
}

/** Words of the client's, or of the history that it tells; false where they were refused. */
function takeMessage(connection: OpenAiConnection, event: JsonRecord): boolean {
  const { nowMs, record, refuse } = connection;
  const role = stringAt(event, 'item', 'role');
  const parts = listAt(event, 'item', 'content');
  const wanted = role === 'assistant' ? 'output_text' : 'input_text';
  if (parts.some((part) => stringAt(part, 'type') !== wanted)) {
    refuse(refusal('invalid_value', `A message of ${role} holds ${wanted}.`, event, 'item.content'));
    return false;
  }
  const text = parts.map((part) => stringAt(part, 'text') ?? '').join('\n');
  addRow(record.received, { atMs: nowMs, kind: `message:${role}`, text });
  connection.known += ` ${text} `;
  if (role === 'assistant' && connection.asks) connection.asks = 'seeded';
  // An utterance that waits for its answer is not forgotten for a word of the client's.
  if (role === 'system' && connection.news?.kind !== 'heard') {
    connection.news = { kind: 'text', text, asksToSpeak: connection.asks };
  }
  return true;
}

function truncate(connection: OpenAiConnection, event: JsonRecord): void {
  const { audioMsOf, nowMs, record, refuse, response, send, sendError } = connection;
  const itemId = stringAt(event, 'item_id') ?? '';
  const endMs = valueAt(event, 'audio_end_ms');
  if (valueAt(event, 'content_index') !== 0) {
    return refuse(refusal('invalid_value', 'An item of the assistant has one content.', event, 'content_index'));
  }
  const hasMs = audioMsOf.get(itemId) ?? (response?.itemId === itemId ? response.sentMs : undefined);
  addRow(record.received, { atMs: nowMs, kind: 'truncate', text: String(endMs) });
  if (hasMs === undefined) return refuse(refusal('item_not_found', `No item '${itemId}'.`, event, 'item_id'));
  const beyond = `Audio content of ${hasMs}ms is already shorter than ${String(endMs)}ms`;
  if (connection.take('openai-truncation-beyond-end')) {
    return sendError('invalid_request_error', { code: 'invalid_value', message: beyond });
  }
  if (typeof endMs !== 'number' || !Number.isInteger(endMs) || endMs > hasMs) {
    return refuse(refusal('invalid_value', beyond, event, 'audio_end_ms'));
  }
  audioMsOf.set(itemId, endMs);
  return send('conversation.item.truncated', { item_id: itemId, content_index: 0, audio_end_ms: endMs });
}

function respond(connection: OpenAiConnection, event: JsonRecord): void {
  const { hasSpoken, news, refuse, response } = connection;
  if (response) {
    const message = `Conversation already has an active response in progress: ${response.id}.`;
    return refuse(refusal('conversation_already_has_active_response', message, event));
  }
  if (hasSpoken && news?.kind === 'heard' && connection.take('openai-no-response')) return undefined;
  connection.asks = undefined;
  return beginResponse(connection);
}

function cancel(connection: OpenAiConnection, event: JsonRecord): void {
  const id = stringAt(event, 'response_id');
  if (connection.response && (id ?? connection.response.id) === connection.response.id) {
    return cancelResponse(connection, 'client_cancelled');
  }
  const message = 'Cancellation failed: no active response found';
  return connection.refuse(refusal('response_cancel_not_active', message, event));
}
