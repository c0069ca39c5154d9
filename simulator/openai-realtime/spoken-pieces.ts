import { encodeMulaw } from '../phone-network/mulaw.ts';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';

/** One thing to send, so many milliseconds after the answer began. */
export type SpokenStep =
  | { readonly atMs: number; readonly kind: 'audio'; readonly data: string; readonly durationMs: number }
  | { readonly atMs: number; readonly kind: 'words'; readonly text: string };

const pieceMs = 200;
/** How much faster than real time speech is generated. */
const generationSpeed = 2;
const pause = encodeMulaw(new Int16Array(120 * 8));

/** Phrases as µ-law in base64, in bursts ahead of time, the words 60 to 400 ms after the sound that holds them. */
export function spokenSteps(phraseIds: readonly string[], random: () => number): SpokenStep[] {
  const steps: SpokenStep[] = [];
  let audioMs = 0;
  let lastWordsMs = 0;
  const say = (mulaw: Uint8Array): void => {
    for (let at = 0; at < mulaw.length; at += pieceMs * 8) {
      const piece = mulaw.subarray(at, at + pieceMs * 8);
      const data = Buffer.from(piece).toString('base64');
      steps.push({ atMs: audioMs / generationSpeed, kind: 'audio', data, durationMs: piece.length / 8 });
      audioMs += piece.length / 8;
    }
  };
  for (const [n, id] of phraseIds.entries()) {
    const phrase = loadPhraseBook().byId(id);
    if (n > 0) say(pause);
    const startMs = audioMs;
    say(encodeMulaw(phrasePcm(phrase, 8000)));
    for (const [w, word] of phrase.words.entries()) {
      lastWordsMs = Math.max(lastWordsMs, (startMs + word.endMs) / generationSpeed + 60 + random() * 340);
      steps.push({ atMs: lastWordsMs, kind: 'words', text: n + w === 0 ? word.text : ` ${word.text}` });
    }
  }
  return steps.toSorted((one, other) => one.atMs - other.atMs);
}
