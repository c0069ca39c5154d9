import type { Utterance } from '../realtime-model/hearing.ts';
import { addRow, heardRow } from '../realtime-model/session-record.ts';
import type { OpenAiConnection } from './openai-connection.ts';
import { beginResponse, cancelResponse } from './responses.ts';

/** The caller begins to speak: he is announced, and interrupts where he may. */
export function takeOnset(connection: OpenAiConnection): void {
  const { hearing, newId, send, settings } = connection;
  if (!settings.automatic) return;
  connection.inputId = newId('item');
  const audioStartMs = Math.round(hearing?.receivedMs ?? 0);
  send('input_audio_buffer.speech_started', { audio_start_ms: audioStartMs, item_id: connection.inputId });
  if (settings.interrupts) cancelResponse(connection, 'turn_detected');
}

/** Writes down what the ear heard, has it transcribed, and answers it where answers come by themselves. */
export function takeTurn(connection: OpenAiConnection, utterance: Utterance): void {
  const { inputId, nowMs, record, send, settings } = connection;
  const row = heardRow(utterance, nowMs);
  addRow(record.heard, row);
  if (settings.automatic) {
    send('input_audio_buffer.speech_stopped', { audio_end_ms: Math.round(utterance.endMs), item_id: inputId });
  }
  send('input_audio_buffer.committed', { item_id: inputId, previous_item_id: null });
  const item = { id: inputId, type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_audio' }] };
  send('conversation.item.added', { previous_item_id: null, item });
  send('conversation.item.done', { previous_item_id: null, item });
  if (settings.transcribes) transcribe(connection, row.text, (utterance.endMs - utterance.startMs) / 1000);
  connection.asks = undefined;
  connection.known += ` ${row.text} `;
  connection.news = row.understood ? { kind: 'heard', phraseIds: row.phraseIds } : { kind: 'notUnderstood' };
  if (!settings.automatic || !settings.createsResponses) return;
  if (connection.hasSpoken && connection.take('openai-no-response')) return;
  if (!connection.response) beginResponse(connection);
}

/** Transcription comes by itself, some time after the turn. */
function transcribe(connection: OpenAiConnection, transcript: string, seconds: number): void {
  const { delays, inputId, nowMs, random, send, take } = connection;
  const place = { item_id: inputId, content_index: 0 };
  const type = 'conversation.item.input_audio_transcription';
  const write =
    connection.hasSpoken && take('openai-transcription-failed')
      ? () => send(`${type}.failed`, { ...place, error: { type: 'server_error', code: 'transcription_failed' } })
      : () => {
          send(`${type}.delta`, { ...place, delta: transcript });
          send(`${type}.completed`, { ...place, transcript, usage: { type: 'duration', seconds } }, transcript);
        };
  if (take('openai-transcription-out-of-order')) {
    connection.heldTranscription = write;
    return;
  }
  const { heldTranscription } = connection;
  connection.heldTranscription = undefined;
  delays.at(nowMs + 300 + random() * 400, () => {
    write();
    heldTranscription?.();
  });
}
