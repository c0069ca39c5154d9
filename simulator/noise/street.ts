import { createSection, telephoneBand, type NoiseMaker } from './band.ts';

/** Rumble and tyres, vehicles that come and go within seconds, a horn now and then. */
export const street: NoiseMaker = (seconds, next) => {
  const length = seconds * 8000;
  const sound = new Float64Array(length);
  const rumble = createSection('lowpass', 400, 0.6);
  const tyres = createSection('bandpass', 900, 0.5);
  for (let n = 0; n < length; n++) {
    const white = 2 * next() - 1;
    sound[n] = 2.2 * rumble(white) + 0.8 * tyres(white);
  }
  for (let at = 0; at < seconds; at += 3 + 9 * next()) pass(sound, at, 4 + 6 * next(), 0.5 + 1.3 * next(), next);
  for (let at = 15 + 60 * next(); at < seconds; at += 30 + 60 * next()) horn(sound, at, 0.3 + 0.5 * next(), next);
  return telephoneBand(sound);
};

function pass(sound: Float64Array, atS: number, lengthS: number, strength: number, next: () => number): void {
  const from = Math.round(atS * 8000);
  const length = Math.round(lengthS * 8000);
  const colour = createSection('bandpass', 300 + 900 * next(), 0.6);
  const engineHz = 45 + 60 * next();
  for (let n = 0; n < length && from + n < sound.length; n++) {
    const swell = Math.sin((Math.PI * n) / length) ** 2;
    const engine = 0.25 * Math.sign(Math.sin((2 * Math.PI * engineHz * n) / 8000));
    sound[from + n] = (sound[from + n] ?? 0) + strength * swell * colour(2 * (2 * next() - 1) + engine);
  }
}

/** Far away: a little above the traffic. */
function horn(sound: Float64Array, atS: number, lengthS: number, next: () => number): void {
  const from = Math.round(atS * 8000);
  const lowHz = 380 + 60 * next();
  for (let n = 0; n < lengthS * 8000 && from + n < sound.length; n++) {
    const fade = Math.min(1, n / 1200);
    const tone = [1, 1.26, 2, 2.52, 3].reduce((sum, k) => sum + Math.sin((2 * Math.PI * lowHz * k * n) / 8000) / k, 0);
    sound[from + n] = (sound[from + n] ?? 0) + 0.3 * fade * tone;
  }
}
