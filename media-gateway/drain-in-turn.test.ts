import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { drainInTurn } from './drain-in-turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When each of so many calls was asked, and how long it was given. */
async function asked(count: number, withinMs: number): Promise<{ atMs: number; leftMs: number }[]> {
  const zeroMs = Date.now();
  const nowMs = (): number => Date.now() - zeroMs;
  const calls: { atMs: number; leftMs: number }[] = [];
  const session = { drain: (leftMs: number) => void calls.push({ atMs: nowMs(), leftMs }) };
  const drained = drainInTurn(
    Array.from({ length: count }, () => session),
    { withinMs, nowMs },
  );
  await vi.runAllTimersAsync();
  await drained;
  return calls;
}

it('asks one call after the other, all for the same moment', async () => {
  expect(await asked(3, 30_000)).toEqual([
    { atMs: 0, leftMs: 30_000 },
    { atMs: 100, leftMs: 29_900 },
    { atMs: 200, leftMs: 29_800 },
  ]);
});

it('has asked many by half of the time', async () => {
  const calls = await asked(300, 6000);
  expect(calls).toHaveLength(300);
  expect(calls.at(-1)?.atMs).toBeLessThan(3000);
});
