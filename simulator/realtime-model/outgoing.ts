import { addAudio, addRow, type SessionRecord } from './session-record.ts';

/** Puts the server's messages on the wire, as JSON in binary frames, and into the record. */
export interface Outgoing {
  /** From now on transcription travels with the audio that follows it. */
  joinKeys(): void;
  readonly joined: boolean;
  send(message: Readonly<Record<string, unknown>>, kind: string, text?: string): void;
  audio(data: string, durationMs: number): void;
  words(text: string): void;
  interrupted(): void;
  generationComplete(): void;
  /** Sends the words that still wait for audio to travel with. */
  flushWords(): void;
  /** The words that still wait for audio to travel with, as fields of `serverContent`. */
  takeWords(): Readonly<Record<string, unknown>>;
}

export interface OutgoingDeps {
  readonly record: SessionRecord;
  readonly send: (frame: Buffer) => void;
  readonly nowMs: () => number;
}

export function createOutgoing({ record, send, nowMs }: OutgoingDeps): Outgoing {
  let joined = false;
  let wordsToJoin = '';

  const outgoing: Outgoing = {
    joinKeys: () => {
      joined = true;
    },
    get joined() {
      return joined;
    },
    send(message, kind, text) {
      if (record.closed) return;
      addRow(record.sent, { atMs: nowMs(), kind, ...(text === undefined ? {} : { text }) });
      send(Buffer.from(JSON.stringify(message)));
    },
    audio(data, durationMs) {
      if (record.closed) return;
      addAudio(record.sent, nowMs(), durationMs);
      const part = `{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"${data}"}}`;
      const words = wordsToJoin === '' ? '' : `,"outputTranscription":{"text":${JSON.stringify(wordsToJoin)}}`;
      wordsToJoin = '';
      send(Buffer.from(`{"serverContent":{"modelTurn":{"role":"model","parts":[${part}]}${words}}}`));
    },
    words(text) {
      if (joined) wordsToJoin += text;
      else outgoing.send({ serverContent: { outputTranscription: { text } } }, 'outputTranscription', text);
    },
    interrupted() {
      wordsToJoin = '';
      outgoing.send({ serverContent: { interrupted: true } }, 'interrupted');
    },
    generationComplete() {
      outgoing.send({ serverContent: { ...outgoing.takeWords(), generationComplete: true } }, 'generationComplete');
    },
    flushWords() {
      const words = outgoing.takeWords();
      if ('outputTranscription' in words) outgoing.send({ serverContent: words }, 'outputTranscription');
    },
    takeWords() {
      const words = wordsToJoin;
      wordsToJoin = '';
      return words === '' ? {} : { outputTranscription: { text: words } };
    },
  };
  return outgoing;
}
