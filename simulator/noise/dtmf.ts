import type { NoiseMaker } from './band.ts';

const rowsHz = [697, 770, 852, 941] as const;
const columnsHz = [1209, 1336, 1477, 1633] as const;

/** Keys pressed in groups, of different lengths, the two tones of a key not quite equally loud. */
export const dtmf: NoiseMaker = (seconds, next) => {
  const sound = new Float64Array(seconds * 8000);
  for (let at = 8000 * next(); at < sound.length; at += 8000 * (1 + 4 * next())) {
    const keys = 1 + Math.floor(9 * next());
    for (let key = 0; key < keys; key++) {
      const length = Math.floor(8000 * (0.06 + 0.3 * next()));
      press(sound, Math.floor(at), length, 0.7 + 0.3 * next(), next);
      at += length + 8000 * (0.05 + 0.3 * next());
    }
  }
  return sound;
};

function press(sound: Float64Array, from: number, length: number, level: number, next: () => number): void {
  const row = rowsHz[Math.floor(next() * 4)] ?? 697;
  const column = columnsHz[Math.floor(next() * 4)] ?? 1209;
  const twist = 0.7 + 0.5 * next();
  for (let n = 0; n < length && from + n < sound.length; n++) {
    const t = (2 * Math.PI * n) / 8000;
    sound[from + n] = level * (Math.sin(row * t) + twist * Math.sin(column * t));
  }
}
