import { expect, it } from 'vitest';
import { createTimeLimit } from './time-limit.ts';

it('warns half a minute before the end, between two turns', () => {
  const limit = createTimeLimit(600_000);
  expect(limit.tick(1000, true)).toBeUndefined();
  expect(limit.tick(570_000, true)).toBeUndefined();
  expect(limit.tick(571_000, false)).toBeUndefined();
  expect(limit.tick(573_000, true)).toBe('warn');
  expect(limit.leftMs(573_000)).toBe(28_000);
  expect(limit.tick(574_000, true)).toBeUndefined();
  expect(limit.tick(601_000, false)).toBe('end');
});

it('warns into a turn that does not end', () => {
  const limit = createTimeLimit(600_000);
  limit.tick(0, true);
  expect(limit.tick(584_000, false)).toBeUndefined();
  expect(limit.tick(585_000, false)).toBe('warn');
});

it('warns in the last third of a short call', () => {
  const limit = createTimeLimit(12_000);
  limit.tick(0, true);
  expect(limit.tick(7900, true)).toBeUndefined();
  expect(limit.tick(8000, true)).toBe('warn');
});
