import { expect, it } from 'vitest';
import { createSampleRing } from './sample-ring.ts';

it('keeps the last samples, silence before the first ones', () => {
  const ring = createSampleRing(5);
  ring.add(Int16Array.of(1, 2));
  expect([...ring.copy(5, 0)]).toEqual([0, 0, 0, 1, 2]);
  ring.add(Int16Array.of(3, 4, 5, 6, 7, 8));
  expect([...ring.copy(5, 0)]).toEqual([4, 5, 6, 7, 8]);
  expect([...ring.copy(3, 2)]).toEqual([4, 5, 6]);
  expect([1, 2, 5].map((samples) => ring.ago(samples))).toEqual([8, 7, 4]);
});

it('takes more at once than it keeps', () => {
  const ring = createSampleRing(4);
  ring.add(Int16Array.from({ length: 11 }, (_, n) => n));
  expect([...ring.copy(4, 0)]).toEqual([7, 8, 9, 10]);
});
