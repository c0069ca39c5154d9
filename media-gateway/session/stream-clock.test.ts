import { expect, it } from 'vitest';
import { createStreamClock } from './stream-clock.ts';

it('dates audio by its timestamps, unmoved by messages that are late', () => {
  const clock = createStreamClock();
  expect(clock.date(155, 1000)).toBe(1000);
  expect(clock.date(175, 1060)).toBeCloseTo(1020, 0);
  expect(clock.date(195, 1060)).toBeCloseTo(1040, 0);
  expect(clock.date(1155, 1995)).toBeCloseTo(1995, 0);
});

it('follows a carrier whose clock runs a little slower than ours', () => {
  const clock = createStreamClock();
  let dated = 0;
  for (let s = 0; s <= 3600; s++) dated = clock.date(s * 999.9, s * 1000);
  expect(Math.abs(dated - 3_600_000)).toBeLessThan(5);
});

it('begins anew when the timestamps do', () => {
  const clock = createStreamClock();
  clock.date(100_000, 100_000);
  expect(clock.date(20, 100_020)).toBe(100_020);
});
