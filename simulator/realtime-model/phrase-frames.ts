import { loadPhraseBook, phrasePcm, type SpokenWord } from '../speech/phrase-book.ts';

/** A piece of the model's speech as it goes over the wire. */
export interface AudioPiece {
  readonly data: string;
  readonly durationMs: number;
}

/** A phrase ready to be sent; shared by all sessions. */
export interface SpeakablePhrase {
  readonly text: string;
  readonly words: readonly SpokenWord[];
  readonly durationMs: number;
  readonly pieces: readonly AudioPiece[];
}

const pieceMs = 200;
const samplesPerMs = 24;
const ready = new Map<string, SpeakablePhrase>();

/** The phrase cut into pieces of at most 200 ms, 24 kHz PCM in base64. */
export function speakable(phraseId: string): SpeakablePhrase {
  const cached = ready.get(phraseId);
  if (cached) return cached;
  const phrase = loadPhraseBook().byId(phraseId);
  const pcm = phrasePcm(phrase, 24000);
  const pieces: AudioPiece[] = [];
  for (let at = 0; at < pcm.length; at += pieceMs * samplesPerMs) {
    pieces.push(toPiece(pcm.subarray(at, at + pieceMs * samplesPerMs)));
  }
  const made = { text: phrase.text, words: phrase.words, durationMs: pcm.length / samplesPerMs, pieces };
  ready.set(phraseId, made);
  return made;
}

/** The pause between two sentences of one answer. */
export const pausePiece: AudioPiece = toPiece(new Int16Array(120 * samplesPerMs));

function toPiece(pcm: Int16Array): AudioPiece {
  const bytes = Buffer.alloc(pcm.length * 2);
  pcm.forEach((sample, n) => bytes.writeInt16LE(sample, n * 2));
  return { data: bytes.toString('base64'), durationMs: pcm.length / samplesPerMs };
}
