import type { SampleRing } from './sample-ring.ts';

const SHORTEST_LAG = 10; // at 4 kHz: 400 Hz
const LONGEST_LAG = 57; // 70 Hz
const WINDOW = 80; // 20 ms at 4 kHz
const KEPT = WINDOW + LONGEST_LAG;

/** How many of a line's last samples the pitch is looked for in. */
export const PITCH_SAMPLES = 2 * KEPT;

const halved = new Float32Array(KEPT); // of all lines: the work is done before anything else runs

/**
 * How much a line's sound at 8 kHz repeats itself at the pace of a voice, from 0 to 1: the likeness of the last 20 ms to what
 * was before, at the pitch where it is greatest.
 */
export function pitchStrength(line: SampleRing): number {
  for (let n = 0; n < KEPT; n++) halved[n] = line.ago(2 * (KEPT - n)) + line.ago(2 * (KEPT - n) - 1);
  const from = KEPT - WINDOW;
  let power = 0;
  for (let n = from; n < KEPT; n++) power += (halved[n] ?? 0) ** 2;
  let past = 0;
  for (let n = from - SHORTEST_LAG; n < KEPT - SHORTEST_LAG; n++) past += (halved[n] ?? 0) ** 2;
  let best = 0;
  for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
    let product = 0;
    for (let n = from; n < KEPT; n++) product += (halved[n] ?? 0) * (halved[n - lag] ?? 0);
    best = Math.max(best, product / Math.sqrt(power * past + 1));
    past += (halved[from - lag - 1] ?? 0) ** 2 - (halved[KEPT - lag - 1] ?? 0) ** 2;
  }
  return best;
}
