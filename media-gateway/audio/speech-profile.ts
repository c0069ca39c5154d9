/** Loudness of speech in steps of `STEP_MS`, gathered as the audio passes: enough to say where words and pauses are. */
export interface SpeechProfile {
  /** Adds µ-law audio of any length. */
  append(mulaw: Uint8Array): void;
  /** Mean magnitude of each whole step so far, on the scale of 16-bit samples. */
  levels(): readonly number[];
}

export const STEP_MS = 20;
const STEP_SAMPLES = STEP_MS * 8;
// Any two codes of the same magnitude are told apart by their top bit alone.
const MAGNITUDES = Uint16Array.from({ length: 128 }, (_, code) => magnitude(code));

export function createSpeechProfile(): SpeechProfile {
  const levels: number[] = [];
  let sum = 0;
  let counted = 0;
  return {
    append(mulaw) {
      for (let at = 0; at < mulaw.length;) {
        const to = Math.min(mulaw.length, at + STEP_SAMPLES - counted);
        counted += to - at;
        let more = 0; // a local one: to write what is captured for each sample would cost more than to add it
        for (; at < to; at++) more += MAGNITUDES[(mulaw[at] ?? 0) & 0x7f] ?? 0;
        sum += more;
        if (counted < STEP_SAMPLES) return;
        levels.push(Math.round(sum / STEP_SAMPLES));
        sum = 0;
        counted = 0;
      }
    },
    levels: () => levels,
  };
}

/** A stretch of sound between two pauses, in steps: `from` inclusive, `to` exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const FLOOR = 60; // below -55 dB nothing is speech, however quiet the rest
const BELOW_PEAK = 0.045; // -27 dB: under the weakest syllables, above a recording's own noise

/** The stretches of speech among the levels; a silence shorter than `minPauseSteps` belongs to the word around it. */
export function stretchesOf(levels: readonly number[], minPauseSteps: number): Stretch[] {
  const threshold = Math.max(FLOOR, levels.reduce((peak, level) => Math.max(peak, level), 0) * BELOW_PEAK);
  const stretches: { from: number; to: number }[] = [];
  levels.forEach((level, step) => {
    if (level < threshold) return;
    const last = stretches.at(-1);
    if (last && step - last.to < minPauseSteps) last.to = step + 1;
    else stretches.push({ from: step, to: step + 1 });
  });
  return stretches;
}

function magnitude(code: number): number {
  const bits = ~code & 0x7f;
  return ((((bits & 0x0f) << 3) + 0x84) << (bits >> 4)) - 0x84;
}
