const SHORTEST_LAG = 10; // at 4 kHz: 400 Hz
const LONGEST_LAG = 57; // 70 Hz
const WINDOW = 80; // 20 ms at 4 kHz
const KEPT = WINDOW + LONGEST_LAG;

/** How much a sound repeats itself at the pace of a voice. */
export interface PitchGauge {
  /** Takes the samples at 8 kHz as they come. */
  add(pcm: Int16Array): void;
  /** From 0 to 1: the likeness of the last 20 ms to what was before, at the pitch where it is greatest. */
  strength(): number;
}

export function createPitchGauge(): PitchGauge {
  const kept = new Float32Array(KEPT);
  return {
    add(pcm) {
      const fresh = pcm.length >> 1;
      kept.copyWithin(0, Math.min(fresh, KEPT));
      const first = Math.max(0, fresh - KEPT);
      for (let n = first; n < fresh; n++) {
        kept[KEPT - fresh + n] = (pcm[2 * n] ?? 0) + (pcm[2 * n + 1] ?? 0);
      }
    },
    strength() {
      const from = KEPT - WINDOW;
      let power = 0;
      for (let n = from; n < KEPT; n++) power += (kept[n] ?? 0) ** 2;
      let past = 0;
      for (let n = from - SHORTEST_LAG; n < KEPT - SHORTEST_LAG; n++) past += (kept[n] ?? 0) ** 2;
      let best = 0;
      for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
        let product = 0;
        for (let n = from; n < KEPT; n++) product += (kept[n] ?? 0) * (kept[n - lag] ?? 0);
        best = Math.max(best, product / Math.sqrt(power * past + 1));
        past += (kept[from - lag - 1] ?? 0) ** 2 - (kept[KEPT - lag - 1] ?? 0) ** 2;
      }
      return best;
    },
  };
}
