import type { JsonRecord } from '../realtime-model/json.ts';
import { decide } from '../realtime-model/mind.ts';
import { addAudio, addRow } from '../realtime-model/session-record.ts';
import type { ToolCallScript } from '../scenarios/scenario.ts';
import type { OpenAiConnection, Response } from './openai-connection.ts';
import { spokenSteps } from './spoken-pieces.ts';

/*
 * The life of a response: begun, spoken in steps, ended.
 *
 * Invariants:
 * 1. At most one response is active; asking for another meanwhile is an error event.
 * 2. Every response ends with exactly one `response.done`.
 */

const thinkingMs = 300;
const lateDeltasMs = [40, 120, 300];
const rateLimits = [{ name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 1.5 }];

/** Begins to answer what has happened since the last response. */
export function beginResponse(connection: OpenAiConnection): void {
  const { known, mind, news, newId, nowMs, record, scenario, settings } = connection;
  const view = { instruction: settings.instructions, known };
  const decision = news && decide(scenario.model, mind, news, view);
  if (decision) connection.mind = decision.state;
  if (news && !decision?.rule) addRow(record.faults, { atMs: nowMs, fault: `no rule for ${JSON.stringify(news)}` });
  connection.news = undefined;
  const rule = decision?.rule;
  const id = newId('resp');
  const steps = rule?.reply ? spokenSteps(rule.reply, connection.random) : [];
  const startMs = nowMs + (rule?.delayMs ?? thinkingMs);
  connection.response = { id, itemId: newId('item'), about: news, rule, startMs, steps, text: '', sentMs: 0 };
  connection.send('response.created', {
    response: { id, object: 'realtime.response', status: 'in_progress', output: [] },
  });
  connection.send('rate_limits.updated', { rate_limits: rateLimits });
}

/** Sends what is due of the response. */
export function speak(connection: OpenAiConnection, active: Response): void {
  const { hasSpoken, nowMs, send, take } = connection;
  if (nowMs < active.startMs) return;
  if (hasSpoken && active.sentMs === 0 && active.steps.length > 0 && take('openai-response-failed')) {
    const error = { type: 'server_error', code: 'server_error' };
    connection.news ??= active.about;
    endResponse(connection, active, 'failed', { type: 'failed', error });
    return;
  }
  for (let step = active.steps[0]; step && active.startMs + step.atMs <= nowMs; step = active.steps[0]) {
    active.steps.shift();
    if (step.kind === 'words') {
      active.text += step.text;
      connection.known += step.text;
      send('response.output_audio_transcript.delta', { ...placeOf(active), delta: step.text }, step.text);
      continue;
    }
    if (active.sentMs === 0) beginSpeech(connection, active);
    active.sentMs += step.durationMs;
    sendAudio(connection, active, step.data, step.durationMs);
    if (hasSpoken && active.sentMs >= 800 && active.steps.length > 0 && take('openai-response-incomplete')) {
      connection.news ??= active.about;
      endResponse(connection, active, 'incomplete', { type: 'incomplete', reason: 'max_output_tokens' });
      return;
    }
    if (hasSpoken && take('openai-error-event')) {
      const error = { code: 'server_error', message: 'The server had an error while processing.' };
      connection.sendError('server_error', error);
    }
  }
  if (active.steps.length === 0) endResponse(connection, active, 'completed');
}

/** Cuts the active response off. */
export function cancelResponse(connection: OpenAiConnection, reason: string): void {
  const { delays, nowMs, response: cut, take } = connection;
  if (!cut) return;
  const late = cut.steps.find((step) => step.kind === 'audio');
  endResponse(connection, cut, 'cancelled', { type: 'cancelled', reason });
  if (late?.kind !== 'audio' || cut.sentMs === 0 || !take('openai-late-deltas')) return;
  for (const afterMs of lateDeltasMs) {
    delays.at(nowMs + afterMs, () => sendAudio(connection, cut, late.data, late.durationMs));
  }
}

function endResponse(connection: OpenAiConnection, done: Response, status: string, details?: JsonRecord): void {
  const { newId, nowMs, record, send } = connection;
  connection.response = undefined;
  const output: JsonRecord[] = [];
  if (done.sentMs > 0) output.push(endSpeech(connection, done, status));
  const call = status === 'completed' ? callOf(connection, done) : undefined;
  if (call) {
    const id = newId('call');
    record.toolCalls.push({ id, name: call.name, atMs: nowMs });
    output.push(sendCall(connection, done, id, call));
  }
  const usage = usageOf(done.sentMs, connection.hearing?.receivedMs ?? 0);
  const body = { id: done.id, object: 'realtime.response', status, status_details: details ?? null, output, usage };
  send('response.done', { response: body });
  if (connection.answered > 1 && status === 'completed' && !call && connection.take('openai-session-expired')) {
    connection.expire();
  }
}

function beginSpeech({ send }: OpenAiConnection, active: Response): void {
  const item = { id: active.itemId, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  send('response.output_item.added', { response_id: active.id, output_index: 0, item });
  send('conversation.item.added', { previous_item_id: null, item });
  send('response.content_part.added', { ...placeOf(active), part: { type: 'audio', transcript: '' } });
}

/** A call is an item of its own, its arguments spelt out once more at its end. */
function sendCall({ newId, send }: OpenAiConnection, to: Response, callId: string, call: ToolCallScript): JsonRecord {
  const args = JSON.stringify(call.args);
  const item = { id: newId('item'), type: 'function_call', call_id: callId, name: call.name };
  const place = { response_id: to.id, item_id: item.id, output_index: to.sentMs > 0 ? 1 : 0, call_id: callId };
  const itemPlace = { response_id: to.id, output_index: place.output_index };
  const begun = { ...item, status: 'in_progress', arguments: '' };
  send('response.output_item.added', { ...itemPlace, item: begun });
  send('conversation.item.added', { previous_item_id: null, item: begun });
  send('response.function_call_arguments.delta', { ...place, delta: args });
  send('response.function_call_arguments.done', { ...place, name: call.name, arguments: args }, call.name);
  const ended = { ...item, status: 'completed', arguments: args };
  send('response.output_item.done', { ...itemPlace, item: ended });
  send('conversation.item.done', { previous_item_id: null, item: ended });
  return ended;
}

function endSpeech(connection: OpenAiConnection, done: Response, status: string): JsonRecord {
  const { send } = connection;
  connection.audioMsOf.set(done.itemId, done.sentMs);
  connection.hasSpoken = true;
  connection.answered += 1;
  if (status === 'completed') send('response.output_audio.done', placeOf(done));
  send('response.output_audio_transcript.done', { ...placeOf(done), transcript: done.text }, done.text);
  send('response.content_part.done', { ...placeOf(done), part: { type: 'audio', transcript: done.text } });
  const content = [{ type: 'output_audio', transcript: done.text }];
  const item = { id: done.itemId, type: 'message', role: 'assistant', status, content };
  send('response.output_item.done', { response_id: done.id, output_index: 0, item });
  send('conversation.item.done', { previous_item_id: null, item });
  return item;
}

function callOf({ nowMs, record, settings }: OpenAiConnection, { rule }: Response): ToolCallScript | undefined {
  const scripted = rule?.toolCall === undefined ? [] : [rule.toolCall].flat();
  const call = scripted.find(({ name }) => settings.tools.includes(name));
  if (!call && scripted.length > 0) {
    addRow(record.faults, { atMs: nowMs, fault: `none of these functions was declared: ${scripted[0]?.name ?? ''}` });
  }
  return call;
}

function sendAudio({ nowMs, record, send }: OpenAiConnection, to: Response, data: string, durationMs: number): void {
  addAudio(record.sent, nowMs, durationMs);
  send('response.output_audio.delta', { ...placeOf(to), delta: data });
}

function placeOf({ id, itemId }: Response): JsonRecord {
  return { response_id: id, item_id: itemId, output_index: 0, content_index: 0 };
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
