import { expect, it } from 'vitest';
import { sampleOf } from '../audio/mulaw.ts';
import { createSampleRing } from './sample-ring.ts';

const samplesOf = (...codes: number[]): number[] => codes.map(sampleOf);

it('keeps the last samples, silence before the first ones', () => {
  const ring = createSampleRing(5);
  ring.add(Uint8Array.of(1, 2));
  expect([...ring.copy(5, 0)]).toEqual([0, 0, 0, ...samplesOf(1, 2)]);
  ring.add(Uint8Array.of(3, 4, 5, 6, 7, 8));
  expect([...ring.copy(5, 0)]).toEqual(samplesOf(4, 5, 6, 7, 8));
  expect([...ring.copy(3, 2)]).toEqual(samplesOf(4, 5, 6));
  expect([1, 2, 5].map((samples) => ring.ago(samples))).toEqual(samplesOf(8, 7, 4));
});

it('takes more at once than it keeps', () => {
  const ring = createSampleRing(4);
  ring.add(Uint8Array.from({ length: 11 }, (_, n) => n));
  expect([...ring.copy(4, 0)]).toEqual(samplesOf(7, 8, 9, 10));
});
