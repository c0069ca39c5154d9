import { expect, it } from 'vitest';
import { dtmfTones } from './dtmf-tones.ts';
import { decodeMulaw } from './mulaw.ts';

it('plays the two tones of each digit and silence after it, and skips what is no digit', () => {
  const pcm = decodeMulaw(dtmfTones('5x#'));
  expect(pcm.length).toBe(2 * 2 * 960);
  expect(strongest(pcm.subarray(0, 960))).toEqual([770, 1336]);
  expect(Math.max(...pcm.subarray(970, 1900))).toBe(0);
  expect(strongest(pcm.subarray(1920, 2880))).toEqual([941, 1477]);
});

function strongest(pcm: Int16Array): number[] {
  const power = (hz: number): number => {
    const sum = pcm.reduce<[number, number]>(
      ([re, im], sample, i) => [
        re + sample * Math.cos((2 * Math.PI * hz * i) / 8000),
        im + sample * Math.sin((2 * Math.PI * hz * i) / 8000),
      ],
      [0, 0],
    );
    return Math.hypot(...sum);
  };
  return [697, 770, 852, 941, 1209, 1336, 1477, 1633]
    .toSorted((one, other) => power(other) - power(one))
    .slice(0, 2)
    .toSorted((one, other) => one - other);
}
