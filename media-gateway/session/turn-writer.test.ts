import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Turn } from '../../contracts/turns.ts';
import { createTurnWriter } from './turn-writer.ts';

const log = pino({ level: 'silent' });

function turn(seq: number, text: string): Turn {
  return {
    epoch: 1,
    seq,
    speaker: 'caller',
    startMs: 0,
    endMs: 1,
    text,
    textMissing: false,
    heardText: text,
    interrupted: false,
  };
}

it('writes one batch at a time, each turn in its newest version', async () => {
  const batches: string[][] = [];
  const gates: (() => void)[] = [];
  const write = (turns: readonly Turn[]): Promise<void> => {
    batches.push(turns.map(({ text }) => text));
    return new Promise((resolve) => gates.push(resolve));
  };
  const writer = createTurnWriter({ write, log });
  writer.add([turn(1, 'a'), turn(2, 'b')]);
  writer.tick(0);
  writer.add([turn(1, 'A')]);
  writer.tick(10_000);
  writer.add([turn(1, 'A!')]);
  gates.shift()?.();
  const settled = writer.settle(1000);
  await new Promise(setImmediate);
  gates.shift()?.();
  expect(await settled).toBe(0);
  expect(batches).toEqual([['a', 'b'], ['A!']]);
});

it('tries again what failed, without going back to an older version', async () => {
  const batches: string[][] = [];
  let fails = true;
  const write = async (turns: readonly Turn[]): Promise<void> => {
    batches.push(turns.map(({ text }) => text));
    if (fails) throw new Error('away');
  };
  const writer = createTurnWriter({ write, log });
  writer.add([turn(1, 'a'), turn(2, 'b')]);
  writer.tick(0);
  writer.add([turn(2, 'B')]);
  await new Promise(setImmediate);
  fails = false;
  expect(await writer.settle(1000)).toBe(0);
  expect(batches).toEqual([
    ['a', 'b'],
    ['B', 'a'],
  ]);
});

it('numbers the versions of a turn, the newest highest, also of one that is tried again', async () => {
  const written: [text: string, revision: number | undefined][] = [];
  let fails = true;
  const write = async (turns: readonly Turn[]): Promise<void> => {
    written.push(...turns.map(({ text, revision }): (typeof written)[number] => [text, revision]));
    if (fails) throw new Error('away');
  };
  const writer = createTurnWriter({ write, log });
  writer.add([turn(1, 'a')]);
  writer.add([turn(2, 'b'), turn(1, 'A')]);
  writer.tick(0);
  await new Promise(setImmediate);
  fails = false;
  writer.add([turn(2, 'B')]);
  expect(await writer.settle(1000)).toBe(0);
  expect(written).toEqual([
    ['b', 2],
    ['A', 2],
    ['A', 2],
    ['B', 3],
  ]);
});

it('counts the turns that it has no room for while storage is away, the oldest first', async () => {
  let lost = 0;
  const writer = createTurnWriter({
    write: () => Promise.reject(new Error('away')),
    onLost: (turns) => (lost += turns),
    log,
  });
  for (let seq = 1; seq <= 1000; seq++) writer.add([turn(seq, 'a')]);
  expect(lost).toBe(0);
  writer.add([turn(1001, 'b'), turn(1002, 'b')]);
  expect(lost).toBe(2);
});

it('says how many turns it could not write in time', async () => {
  const writer = createTurnWriter({ write: () => Promise.reject(new Error('away')), log });
  writer.add([turn(1, 'a'), turn(2, 'b')]);
  expect(await writer.settle(50)).toBe(2);
});
