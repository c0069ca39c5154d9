import { describe, expect, it } from 'vitest';
import { askTurn, type DialQueue, emptyDialQueue, graceMs, mostWaiting, tooOften } from './dial-queue.ts';

const spacingMs = 1_000;

/** Everybody asks when he was told to; gives who dialled when. */
function play(arrivals: readonly (readonly [name: string, atMs: number])[], untilMs = 60_000): string[] {
  let queue: DialQueue = emptyDialQueue;
  const dialled: string[] = [];
  const asking = new Map(arrivals);
  for (let atMs = 0; atMs < untilMs; atMs += 10) {
    for (const [name, dueMs] of asking) {
      if (dueMs > atMs) continue;
      const [next, turn] = askTurn(queue, { tenant: name.slice(0, 1), call: name }, atMs, spacingMs);
      queue = next;
      if (turn.type === 'later') asking.set(name, atMs + turn.afterMs);
      else {
        asking.delete(name);
        dialled.push(`${name}@${atMs}`);
      }
    }
  }
  return dialled;
}
const many = (tenant: string, count: number, atMs = 0) =>
  Array.from({ length: count }, (_, i) => [`${tenant}${i}`, atMs] as const);

describe('turns to dial', () => {
  it('are evenly spaced, in the order in which they were asked for', () => {
    expect(play([...many('a', 3), ['a9', 10_000], ['a8', 10_010]])).toEqual([
      'a0@0',
      'a1@1000',
      'a2@2000',
      'a9@10000',
      'a8@10950',
    ]);
  });

  it('alternate between tenants, whoever asks for more and whoever asked first', () => {
    const order = play([...many('a', 5), ...many('b', 2, 1_500)]).map((one) => one.split('@')[0]);
    expect(order).toEqual(['a0', 'a1', 'a2', 'b0', 'a3', 'b1', 'a4']);
  });

  it('make up for a little lateness, and for no more', () => {
    const late = (byMs: number): number => {
      const [first] = askTurn(emptyDialQueue, { tenant: 'a', call: 'a0' }, 10_000, spacingMs);
      const [second] = askTurn(first, { tenant: 'a', call: 'a1' }, first.nextAtMs + byMs, spacingMs);
      return second.nextAtMs - first.nextAtMs;
    };
    expect([late(0), late(30), late(500)]).toEqual([1_000, 1_000, 1_450]);
  });

  it('pass one by who does not come for his, after a while', () => {
    const gone = { tenant: 'a', call: 'gone' };
    const next = { tenant: 'a', call: 'next' };
    let queue = askTurn(emptyDialQueue, { tenant: 'a', call: 'first' }, 0, spacingMs)[0];
    queue = askTurn(queue, gone, 0, spacingMs)[0];
    const [waits, turn] = askTurn(queue, next, 0, spacingMs);
    expect(turn).toEqual({ type: 'later', afterMs: queue.nextAtMs + spacingMs });
    expect(askTurn(waits, next, queue.nextAtMs + graceMs, spacingMs)[1].type).toBe('later');
    expect(askTurn(waits, next, queue.nextAtMs + graceMs + 1, spacingMs)[1]).toEqual({ type: 'now' });
  });

  it('are given to all of more than have a place, each told a time of his own', () => {
    const count = mostWaiting + 20;
    const dialled = play([...many('a', count), ...many('b', 3, 2_500)], 100_000);
    expect(dialled).toHaveLength(count + 3);
    expect(dialled.findIndex((one) => one.startsWith('b2'))).toBeLessThan(10);
    expect(Number(dialled.at(-1)?.split('@')[1])).toBeLessThan((count + 6) * 1_000);
  });

  it('leave no trace of who has had his', () => {
    const [queue] = askTurn(emptyDialQueue, { tenant: 'a', call: 'a0' }, 5_000, spacingMs);
    expect(askTurn(queue, { tenant: 'b', call: 'b0' }, 9_000, spacingMs)[0].tenants).toEqual([
      { tenant: 'b', waiting: [], sentUntilMs: 0 },
    ]);
  });
});

describe('an account that the carrier throttles', () => {
  it('pauses, longer each time in a row, and as at first after a calm while', () => {
    let queue = emptyDialQueue;
    const pauses: number[] = [];
    for (let atMs = 0; pauses.length < 7; atMs += 31_000) {
      const [next, pauseMs] = tooOften(queue, atMs);
      queue = next;
      pauses.push(pauseMs);
      expect(askTurn(queue, { tenant: 'a', call: 'a0' }, atMs, spacingMs)[1]).toEqual({
        type: 'later',
        afterMs: pauseMs,
      });
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(tooOften(queue, 7 * 31_000 + 60_000)[1]).toBe(1_000);
  });
});
