import { afterEach, expect, it, vi } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { Turn } from '../contracts/turns.ts';
import type { CallTurns } from '../db/turns.ts';
import { createTurnCourier } from './turn-courier.ts';

const turn = (seq: number): Turn => ({
  epoch: 1,
  seq,
  speaker: 'caller',
  startMs: 0,
  endMs: 900,
  text: `turn ${seq}`,
  textMissing: false,
  heardText: `turn ${seq}`,
  interrupted: false,
});
const told = (calls: readonly CallTurns[]) => calls.map(({ callId, turns }) => [callId, turns.map(({ seq }) => seq)]);

afterEach(() => vi.useRealTimers());

it('writes what comes together in one transaction for each tenant', async () => {
  const written: unknown[] = [];
  const write = createTurnCourier(async (tenantId, calls) => {
    written.push([tenantId, told(calls)]);
    return { refused: [] };
  }, 0);
  await Promise.all([write('a', 'CA1', [turn(1)]), write('b', 'CA2', [turn(1)]), write('a', 'CA3', [turn(4)])]);
  expect(written).toEqual([
    [
      'a',
      [
        ['CA1', [1]],
        ['CA3', [4]],
      ],
    ],
    ['b', [['CA2', [1]]]],
  ]);
});

it('has one transaction of a tenant under way at a time, and keeps the order', async () => {
  const written: unknown[] = [];
  const first = Promise.withResolvers<{ refused: [] }>();
  const begun = Promise.withResolvers<void>();
  const write = createTurnCourier((_tenantId, calls) => {
    written.push(told(calls));
    begun.resolve();
    return written.length === 1 ? first.promise : Promise.resolve({ refused: [] });
  }, 0);
  const done = [write('a', 'CA1', [turn(1)])];
  await begun.promise;
  done.push(write('a', 'CA1', [turn(2)]), write('a', 'CA2', [turn(1)]));
  expect(written).toHaveLength(1);
  first.resolve({ refused: [] });
  await Promise.all(done);
  expect(written).toEqual([
    [['CA1', [1]]],
    [
      ['CA1', [2]],
      ['CA2', [1]],
    ],
  ]);
});

it('gathers while a transaction is under way, and not once more after it', async () => {
  vi.useFakeTimers();
  const written: unknown[] = [];
  const first = Promise.withResolvers<{ refused: [] }>();
  const write = createTurnCourier((_tenantId, calls) => {
    written.push(told(calls));
    return written.length === 1 ? first.promise : Promise.resolve({ refused: [] });
  }, 50);
  void write('a', 'CA1', [turn(1)]);
  await vi.advanceTimersByTimeAsync(50);
  void write('a', 'CA2', [turn(1)]);
  await vi.advanceTimersByTimeAsync(50);
  expect(written).toHaveLength(1);
  const last = write('a', 'CA3', [turn(1)]);
  first.resolve({ refused: [] });
  await last;
  expect(written[1]).toEqual([
    ['CA2', [1]],
    ['CA3', [1]],
  ]);
});

it('tells each call of its own refused turns', async () => {
  const write = createTurnCourier(async () => ({ refused: [{ callId: 'CA2', epoch: 1, seq: 7 }] }), 0);
  const [one, other] = await Promise.all([write('a', 'CA1', [turn(1)]), write('a', 'CA2', [turn(7)])]);
  expect(one).toEqual({ refused: [] });
  expect(other).toEqual({ refused: [{ callId: 'CA2', epoch: 1, seq: 7 }] });
});

it('lets a call whose turns the database does not take harm no other', async () => {
  const write = createTurnCourier(async (_tenantId, calls) => {
    if (calls.some(({ callId }) => callId === 'CA1')) throw new Error('no such call');
    return { refused: [] };
  }, 0);
  const [one, other] = await Promise.allSettled([write('a', 'CA1', [turn(1)]), write('a', 'CA2', [turn(1)])]);
  expect(one.status).toBe('rejected');
  expect(other.status).toBe('fulfilled');
});

it('asks a database that is away once', async () => {
  let asked = 0;
  const write = createTurnCourier(async () => {
    asked += 1;
    throw new AppError('database-unavailable', 'away');
  }, 0);
  const results = await Promise.allSettled([write('a', 'CA1', [turn(1)]), write('a', 'CA2', [turn(1)])]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toBe(1);
});
