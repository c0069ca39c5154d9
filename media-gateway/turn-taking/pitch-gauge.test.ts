import { expect, it } from 'vitest';
import { createPitchGauge } from './pitch-gauge.ts';

function strengthOf(sample: (n: number) => number): number {
  const gauge = createPitchGauge();
  for (let at = 0; at < 800; at += 160) gauge.add(Int16Array.from({ length: 160 }, (_, n) => sample(at + n)));
  return gauge.strength();
}

it.each([80, 120, 210, 350])('finds the pitch of a buzz at %d Hz', (hz) => {
  expect(strengthOf((n) => (((n * hz) / 8000) % 1) * 6000 - 3000)).toBeGreaterThan(0.8);
});

it('finds none in hiss or silence', () => {
  let state = 7;
  const hiss = strengthOf(() => {
    state = (state * 48_271) % 2_147_483_647;
    return (state % 6000) - 3000;
  });
  expect(hiss).toBeLessThan(0.5);
  expect(strengthOf(() => 0)).toBe(0);
});
