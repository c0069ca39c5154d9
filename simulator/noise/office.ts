import { createSection, telephoneBand, type NoiseMaker } from './band.ts';

/** Ventilation and hum, keys in runs, drawers and cups, paper. */
export const office: NoiseMaker = (seconds, next) => {
  const length = seconds * 8000;
  const sound = new Float64Array(length);
  const air = createSection('lowpass', 700, 0.5);
  for (let n = 0; n < length; n++) {
    sound[n] = 0.5 * air(2 * next() - 1) + 0.01 * Math.sin((2 * Math.PI * 300 * n) / 8000);
  }
  for (let at = next(); at < seconds; at += 1 + 6 * next()) {
    const keys = 3 + Math.floor(20 * next());
    for (let key = 0; key < keys; key++) burst(sound, at + key * (0.11 + 0.1 * next()), 0.012, 0.3, 2400, next);
  }
  for (let at = 5 * next(); at < seconds; at += 8 + 20 * next()) burst(sound, at, 0.08, 0.6, 500, next);
  for (let at = 9 * next(); at < seconds; at += 12 + 20 * next()) rustle(sound, at, 0.4 + 0.8 * next(), next);
  return telephoneBand(sound);
};

function burst(
  sound: Float64Array,
  atS: number,
  decayS: number,
  strength: number,
  hz: number,
  next: () => number,
): void {
  const from = Math.round(atS * 8000);
  const body = createSection('bandpass', hz * (0.8 + 0.4 * next()), 1.2);
  const level = strength * (0.5 + next());
  for (let n = 0; n < decayS * 5 * 8000 && from + n < sound.length; n++) {
    sound[from + n] = (sound[from + n] ?? 0) + level * Math.exp(-n / (decayS * 8000)) * body(4 * next() - 2);
  }
}

function rustle(sound: Float64Array, atS: number, lengthS: number, next: () => number): void {
  const from = Math.round(atS * 8000);
  const paper = createSection('highpass', 1500, 0.7);
  let level = 0;
  for (let n = 0; n < lengthS * 8000 && from + n < sound.length; n++) {
    if (n % 240 === 0) level = 0.25 * next() ** 2;
    sound[from + n] = (sound[from + n] ?? 0) + level * paper(2 * next() - 1);
  }
}
