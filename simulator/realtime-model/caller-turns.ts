import type { Utterance } from './hearing.ts';
import type { LiveConnection } from './live-connection.ts';
import { addRow, heardRow } from './session-record.ts';
import { withAudio } from './usage.ts';

/** With the silence around it. */
const shortMs = 1300;

/** Writes down what the ear heard, has it transcribed, and lets the model answer. */
export function takeTurn(connection: LiveConnection, utterance: Utterance): void {
  const { live, nowMs, record, sessionTraps, wire } = connection;
  const row = heardRow(utterance, nowMs);
  addRow(record.heard, row);
  if (sessionTraps.take('swallowed-turn')) return;
  if (utterance.endMs - utterance.startMs < shortMs && sessionTraps.take('short-utterance-ignored')) return;
  if (sessionTraps.take('half-open-socket')) {
    connection.silent = true;
    wire.hang();
    return;
  }
  connection.context = withAudio(connection.context, utterance.endMs - utterance.startMs);
  if (row.text !== '' && !sessionTraps.take('missing-transcription')) transcribe(connection, row.text);
  connection.asks = undefined;
  connection.known += ` ${row.text} `;
  live?.conversation.happened(
    row.understood ? { kind: 'heard', phraseIds: row.phraseIds } : { kind: 'notUnderstood' },
    nowMs,
  );
}

/** Transcription comes apart from everything else, a few words at a time. */
function transcribe({ delays, live, nowMs, outgoing, random, sessionTraps }: LiveConnection, text: string): void {
  if (!live?.setup.inputTranscription) return;
  const delayMs = sessionTraps.take('late-input-transcription') ? 2500 : 300 + random() * 400;
  const all = text.split(' ');
  const words = isLong(all) && sessionTraps.take('transcript-begins-late') ? all.slice(Math.ceil(all.length / 2)) : all;
  for (let from = 0; from < words.length; from += 3) {
    const part = `${from === 0 ? '' : ' '}${words.slice(from, from + 3).join(' ')}`;
    delays.at(nowMs + delayMs + from * 15, () =>
      outgoing.send({ serverContent: { inputTranscription: { text: part } } }, 'inputTranscription', part),
    );
  }
}

const isLong = (words: readonly string[]): boolean => words.length >= 5;
