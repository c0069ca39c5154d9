/** Makes so many seconds of one sound at 8 kHz, of any level, out of random numbers from 0 up to 1. */
export type NoiseMaker = (seconds: number, next: () => number) => Float64Array;

/** A second-order section of a filter; keeps its state from sample to sample. */
export type Section = (sample: number) => number;

export type SectionKind = 'lowpass' | 'highpass' | 'bandpass';

const rateHz = 8000;

/** A section by the usual audio cookbook formulas. */
export function createSection(kind: SectionKind, frequencyHz: number, quality: number): Section {
  const w = (2 * Math.PI * frequencyHz) / rateHz;
  const alpha = Math.sin(w) / (2 * quality);
  const cos = Math.cos(w);
  const a0 = 1 + alpha;
  const b0 = { lowpass: (1 - cos) / 2, highpass: (1 + cos) / 2, bandpass: alpha }[kind];
  const b1 = { lowpass: 1 - cos, highpass: -(1 + cos), bandpass: 0 }[kind];
  const b2 = kind === 'bandpass' ? -alpha : b0;
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  return (x) => {
    const y = (b0 * x + b1 * x1 + b2 * x2 + 2 * cos * y1 - (1 - alpha) * y2) / a0;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    return y;
  };
}

/** What a telephone line leaves of a sound: 300 to 3400 Hz. */
export function telephoneBand(sound: Float64Array): Float64Array {
  const sections = [createSection('highpass', 280, 0.7), createSection('lowpass', 3400, 0.7)];
  return sound.map((sample) => sections.reduce((value, section) => section(value), sample));
}
