import { telephoneBand, type NoiseMaker } from './band.ts';

const majorSteps = [0, 2, 4, 5, 7, 9, 11] as const;
const chords = [0, 3, 4, 5, 1] as const;

/** A small band from a loudspeaker: chords, a bass, a melody and drums, as the seed has composed them. */
export const music: NoiseMaker = (seconds, next) => {
  const sound = new Float64Array(seconds * 8000);
  const beatS = 60 / (70 + 70 * next());
  const tonicHz = 110 * 2 ** (next() * 0.9);
  const bright = 0.3 + 0.5 * next();
  const drums = next() < 0.7 ? 0.2 + 0.5 * next() : 0;
  let degree = 0;
  for (let bar = 0; bar * 4 * beatS < seconds; bar++) {
    const atS = bar * 4 * beatS;
    const root = chords[Math.floor(next() * chords.length)] ?? 0;
    for (const third of [0, 2, 4]) note(sound, atS, 4 * beatS, pitch(2 * tonicHz, root + third), 0.28, bright);
    for (let beat = 0; beat < 4; beat++) {
      note(sound, atS + beat * beatS, beatS, pitch(tonicHz, root), 0.35, 0.3);
      if (drums > 0) drum(sound, atS + beat * beatS, drums * (beat % 2 === 0 ? 1 : 0.7), next);
      for (const half of [0, 0.5]) {
        if (next() < 0.25) continue;
        degree = Math.max(-3, Math.min(10, degree + Math.floor(next() * 5) - 2));
        note(sound, atS + (beat + half) * beatS, (0.5 + 0.5 * next()) * beatS, pitch(4 * tonicHz, degree), 0.4, bright);
      }
    }
  }
  return telephoneBand(sound);
};

function pitch(tonicHz: number, degree: number): number {
  const octave = Math.floor(degree / 7);
  return tonicHz * 2 ** (octave + (majorSteps[degree - 7 * octave] ?? 0) / 12);
}

function note(sound: Float64Array, atS: number, lengthS: number, hz: number, level: number, bright: number): void {
  const from = Math.round(atS * 8000);
  const length = Math.round(lengthS * 8000);
  for (let k = 1, strength = level; k * hz < 3600 && k < 12; k++, strength *= bright) {
    const turn = (2 * Math.PI * hz * k) / 8000;
    // A rotating pointer costs less than a sine for each sample.
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    let [re, im] = [1, 0];
    for (let n = 0; n < length && from + n < sound.length; n++) {
      const fade = Math.min(1, n / 80, (length - n) / 200) * (0.4 + 0.6 * Math.exp(-n / 4000));
      sound[from + n] = (sound[from + n] ?? 0) + strength * fade * im;
      [re, im] = [re * cos - im * sin, re * sin + im * cos];
    }
  }
}

function drum(sound: Float64Array, atS: number, level: number, next: () => number): void {
  const from = Math.round(atS * 8000);
  for (let n = 0; n < 800 && from + n < sound.length; n++) {
    sound[from + n] = (sound[from + n] ?? 0) + level * Math.exp(-n / 180) * (2 * next() - 1);
  }
}
