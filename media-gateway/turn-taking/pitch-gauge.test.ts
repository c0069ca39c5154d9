import { expect, it } from 'vitest';
import { encodeMulaw } from '../audio/mulaw.ts';
import { PITCH_SAMPLES, pitchStrength } from './pitch-gauge.ts';
import { createSampleRing } from './sample-ring.ts';

function strengthOf(sample: (n: number) => number): number {
  const line = createSampleRing(PITCH_SAMPLES);
  line.add(encodeMulaw(Int16Array.from({ length: 800 }, (_, n) => sample(n))));
  return pitchStrength(line);
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
