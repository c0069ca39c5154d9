import { pausePiece, speakable } from './phrase-frames.ts';

/** One thing to send, so many milliseconds after the answer began. */
export type PlannedStep =
  | { readonly atMs: number; readonly kind: 'audio'; readonly data: string; readonly durationMs: number }
  | { readonly atMs: number; readonly kind: 'words'; readonly text: string }
  | { readonly atMs: number; readonly kind: 'generated' }
  /** The client has played all of it, by the server's reckoning. */
  | { readonly atMs: number; readonly kind: 'played' };

/** How much faster than real time speech is generated. */
const generationSpeed = 4;

/**
 * How an answer goes over the wire: audio in bursts ahead of time; its words apart from it, 60 to 400 ms after the
 * audio that holds them and so sometimes after the end of generation; the end of the turn when the audio has been
 * played in real time.
 */
export function planReply(phraseIds: readonly string[], random: () => number): PlannedStep[] {
  const steps: PlannedStep[] = [];
  let audioMs = 0;
  let lastWordsMs = 0;
  for (const [n, id] of phraseIds.entries()) {
    const phrase = speakable(id);
    if (n > 0) {
      steps.push({ atMs: audioMs / generationSpeed, kind: 'audio', ...pausePiece });
      audioMs += pausePiece.durationMs;
    }
    const startMs = audioMs;
    for (const piece of phrase.pieces) {
      steps.push({ atMs: audioMs / generationSpeed, kind: 'audio', ...piece });
      audioMs += piece.durationMs;
    }
    for (const [w, word] of phrase.words.entries()) {
      const saidMs = (startMs + word.endMs) / generationSpeed;
      // Deltas keep their order among themselves.
      lastWordsMs = Math.max(lastWordsMs, saidMs + 60 + random() * 340);
      steps.push({ atMs: lastWordsMs, kind: 'words', text: w === 0 && n === 0 ? word.text : ` ${word.text}` });
    }
  }
  const generatedMs = audioMs / generationSpeed + 20;
  steps.push({ atMs: generatedMs, kind: 'generated' });
  steps.push({ atMs: Math.max(audioMs + 40, lastWordsMs + 20), kind: 'played' });
  return steps.toSorted((a, b) => a.atMs - b.atMs);
}
