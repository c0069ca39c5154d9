import { encodeMulaw } from './mulaw.ts';

const NOTES_HZ = [440, 554];
const NOTE_SAMPLES = 2000; // 250 ms
const FADE_SAMPLES = 400;
const AMPLITUDE = 2000; // -24 dB: softer than speech

/** Two soft notes that say without a word that the line is alive; µ-law. */
export function holdTone(): Uint8Array {
  return encodeMulaw(Int16Array.from(NOTES_HZ.flatMap(note)));
}

function note(hz: number): number[] {
  return Array.from({ length: NOTE_SAMPLES }, (_, n) => {
    const fade = Math.min(1, n / FADE_SAMPLES, (NOTE_SAMPLES - n) / FADE_SAMPLES);
    return AMPLITUDE * fade * Math.sin((2 * Math.PI * hz * n) / 8000);
  });
}
