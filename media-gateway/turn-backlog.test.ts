import { expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { Turn } from '../contracts/turns.ts';
import { createTurnBacklog, type WriteTurns } from './turn-backlog.ts';

function turn(seq: number, text: string): Turn {
  const times = { startMs: seq, endMs: seq };
  return { epoch: 1, seq, speaker: 'caller', ...times, text, textMissing: false, heardText: text, interrupted: false };
}

const nothingDropped = (): void => expect.unreachable('a batch was dropped');

it('keeps each turn in its newest version, and what comes during a write for the next', async () => {
  const backlog = createTurnBacklog();
  const written: string[][] = [];
  backlog.add({ tenantId: 'acme', callId: 'CA1', turns: [turn(1, 'a'), turn(2, 'b')] });
  backlog.add({ tenantId: 'acme', callId: 'CA1', turns: [turn(1, 'A')] });
  const write: WriteTurns = async (_tenantId, _callId, turns) => {
    if (written.length === 0) backlog.add({ tenantId: 'acme', callId: 'CA1', turns: [turn(2, 'B')] });
    written.push(turns.map(({ text }) => text));
    return { refused: [] };
  };
  expect(backlog.turns()).toBe(2);
  expect(await backlog.write(write, nothingDropped)).toBe(true);
  expect(backlog.size()).toBe(1);
  await backlog.write(write, nothingDropped);
  expect({ written, left: backlog.size() }).toEqual({ written: [['A', 'b'], ['B']], left: 0 });
});

it('lets no call wait for one that is refused, which is given up in the end', async () => {
  const backlog = createTurnBacklog();
  const written: string[] = [];
  const dropped: string[] = [];
  for (const callId of ['CA-bad', 'CA-good']) backlog.add({ tenantId: 'acme', callId, turns: [turn(1, 'a')] });
  const write: WriteTurns = async (_tenantId, callId) => {
    if (callId === 'CA-bad') throw new Error('refused');
    written.push(callId);
    return { refused: [] };
  };
  let attempts = 0;
  for (; backlog.size() > 0; attempts++) await backlog.write(write, ({ callId }) => dropped.push(callId));
  expect({ written, dropped }).toEqual({ written: ['CA-good'], dropped: ['CA-bad'] });
  expect(attempts).toBeGreaterThan(60);
});

it('writes calls together once the database is known to be back', async () => {
  const backlog = createTurnBacklog();
  for (let n = 0; n < 20; n++) backlog.add({ tenantId: 'acme', callId: `CA${n}`, turns: [turn(1, 'a')] });
  let underWay = 0;
  const atOnce: number[] = [];
  const write: WriteTurns = async () => {
    atOnce.push(++underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    return { refused: [] };
  };
  expect(await backlog.write(write, nothingDropped)).toBe(true);
  expect({ atOnce: atOnce.slice(0, 3), most: Math.max(...atOnce) }).toEqual({ atOnce: [1, 1, 2], most: 19 });
  expect(backlog.size()).toBe(0);
});

it('tries nothing more while the database is away, and gives nothing up', async () => {
  const backlog = createTurnBacklog();
  for (const callId of ['CA1', 'CA2']) backlog.add({ tenantId: 'acme', callId, turns: [turn(1, 'a')] });
  let tries = 0;
  const write: WriteTurns = () => {
    tries += 1;
    return Promise.reject(new AppError('database-unavailable', 'away'));
  };
  for (let i = 0; i < 200; i++) expect(await backlog.write(write, nothingDropped)).toBe(false);
  expect({ tries, left: backlog.size() }).toEqual({ tries: 200, left: 2 });
});
