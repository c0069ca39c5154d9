import { expect, it } from 'vitest';
import { isKeyTone } from './key-tone.ts';

const tones = (...hz: number[]): Int16Array =>
  Int16Array.from({ length: 160 }, (_, n) =>
    hz.reduce((sum, one) => sum + 4000 * Math.sin((2 * Math.PI * one * n) / 8000), 0),
  );

it.each([
  [697, 1209],
  [770, 1336],
  [852, 1477],
  [941, 1633],
])('knows the key of %d and %d Hz', (row, column) => {
  expect(isKeyTone(tones(row, column))).toBe(true);
});

it('takes no other sounds for keys', () => {
  expect(isKeyTone(tones(697))).toBe(false);
  expect(isKeyTone(tones(697, 770))).toBe(false);
  expect(isKeyTone(tones(440, 880, 1320))).toBe(false);
  expect(isKeyTone(new Int16Array(160))).toBe(false);
});
