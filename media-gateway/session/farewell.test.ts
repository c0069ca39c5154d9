import { pino } from 'pino';
import { expect, it } from 'vitest';
import { sayFarewell } from './farewell.ts';
import type { CallLine } from './session-deps.ts';

const log = pino({ level: 'silent' });
const line = {} as CallLine;

it.each([
  { missing: 3, lost: [['call-over', 3]] },
  { missing: 0, lost: [] },
])('tells of $missing turns that storage did not take to the end', async ({ missing, lost }) => {
  const told: [why: string, turns: number][] = [];
  const writer = { add() {}, tick() {}, settle: async () => missing };
  await sayFarewell({
    lastSeq: 3,
    writer,
    line,
    onTurnsLost: (why, turns) => told.push([why, turns]),
    log,
    closeStream() {},
  });
  expect(told).toEqual(lost);
});
