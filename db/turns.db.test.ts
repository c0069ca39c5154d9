import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Turn } from '../contracts/turns.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { createCallSessionStore, type CallSessionStore } from './call-sessions.ts';
import type { Sealer } from './sealing.ts';
import { createTurnStore, type TurnStore } from './turns.ts';

let fixture: TestDatabase;
let turns: TurnStore;
let calls: CallSessionStore;
let callId = '';
let counter = 0;
const noSealer: Sealer = { seal: async (text) => text, open: async (text) => text, rewrap: async (text) => text };
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  turns = createTurnStore(fixture.database);
  calls = createCallSessionStore({ database: fixture.database, sealer: noSealer });
});
afterAll(() => fixture.close());
beforeEach(() => {
  callId = `CA${++counter}`;
});

const key = () => ({ tenantId: 'acme', callId });
const write = (...batch: Turn[]) => turns.writeTurns('acme', [{ callId, turns: batch }]);
const turn = (epoch: number, seq: number, startMs: number, more: Partial<Turn> = {}): Turn => ({
  epoch,
  seq,
  speaker: seq % 2 ? 'assistant' : 'caller',
  startMs,
  endMs: startMs + 900,
  text: `turn ${epoch}/${seq}`,
  textMissing: false,
  heardText: `turn ${epoch}/${seq}`,
  interrupted: false,
  ...more,
});
const begin = (epoch: number, atMs: number) =>
  calls.claimEpoch({ ...key(), epoch, streamSid: `MZ${epoch}`, gatewayId: 'gw', atMs });

test('turns read back whole, ordered by epoch and start', async () => {
  const said = [
    turn(1, 1, 0, {
      latencyMs: 640,
      language: 'cs-CZ',
      text: 'Dobrý den, „jak“ vám \\ mohu pomoci?',
      interrupted: true,
      heardText: 'Dobrý den',
    }),
    turn(1, 2, 1000),
    turn(2, 1, 500),
  ];
  expect(await write(...said.toReversed())).toEqual({ refused: [] });
  expect(await turns.readTurns(key())).toEqual(said);
});

test('a turn of which nothing is kept but when says so, and lacks no text', async () => {
  const typed = turn(1, 2, 1000, { text: '', heardText: '', sensitive: true });
  await write(typed);
  expect(await turns.readTurns(key())).toEqual([typed]);
});

test('the same batch twice is the same as once', async () => {
  await write(turn(1, 1, 0), turn(1, 2, 1000));
  const before = await turns.readTurns(key());
  await write(turn(1, 1, 0), turn(1, 2, 1000));
  expect(await turns.readTurns(key())).toEqual(before);
});

test('a later write completes a turn, and never takes its text away', async () => {
  await write(turn(1, 2, 0, { text: '', heardText: '', textMissing: true }));
  const complete = turn(1, 2, 0, { text: 'Dobrý den', heardText: 'Dobrý den', latencyMs: 700, language: 'cs' });
  await write(complete);
  expect(await turns.readTurns(key())).toEqual([complete]);
  await write(turn(1, 2, 0, { text: '', heardText: '', textMissing: true, endMs: 1200 }));
  expect(await turns.readTurns(key())).toEqual([{ ...complete, endMs: 1200 }]);
});

test('an older version of a turn, however late it comes, changes nothing', async () => {
  const newest = { text: 'Dobrý den vám', heardText: 'Dobrý den vám' };
  await write(turn(1, 2, 0, { ...newest, revision: 7 }));
  await write(turn(1, 2, 0, { text: 'Dobrý', heardText: 'Dobrý', revision: 6 }));
  expect(await turns.readTurns(key())).toEqual([turn(1, 2, 0, newest)]);
  await write(turn(1, 2, 0, { ...newest, revision: 9 }), turn(1, 2, 0, { text: 'Dobrý', revision: 8 }));
  expect(await turns.readTurns(key())).toEqual([turn(1, 2, 0, newest)]);
  await write(turn(1, 2, 0, { ...newest, interrupted: true, revision: 9 }));
  expect(await turns.readTurns(key())).toEqual([turn(1, 2, 0, { ...newest, interrupted: true })]);
});

test('a turn that stands twice in a batch is written once, with its text', async () => {
  await write(
    turn(1, 1, 0),
    turn(1, 1, 0, { text: 'longer', heardText: 'longer' }),
    turn(1, 1, 0, { text: '', heardText: '', textMissing: true }),
  );
  expect(await turns.readTurns(key())).toMatchObject([{ text: 'longer', textMissing: false }]);
});

test('from an older epoch only turns that ended before the newer one began are taken', async () => {
  await begin(1, 0);
  await write(turn(1, 1, 0));
  await begin(2, 5000);
  const answer = await write(
    turn(1, 2, 4100), // ended at 5000, as the newer one began
    turn(1, 3, 4200), // still going on then
    turn(1, 4, 9000),
    turn(2, 1, 5100),
  );
  expect(answer).toEqual({
    refused: [
      { callId, epoch: 1, seq: 3 },
      { callId, epoch: 1, seq: 4 },
    ],
  });
  expect((await turns.readTurns(key())).map(({ epoch, seq }) => [epoch, seq])).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
  ]);
});

test('a refused write leaves the turn as it was', async () => {
  await begin(1, 0);
  await write(turn(1, 1, 4500, { endMs: 4900 }));
  await begin(2, 5000);
  expect(await write(turn(1, 1, 4500, { endMs: 6000, text: 'changed' }))).toEqual({
    refused: [{ callId, epoch: 1, seq: 1 }],
  });
  expect(await turns.readTurns(key())).toMatchObject([{ endMs: 4900, text: 'turn 1/1' }]);
});

test('any newer epoch refuses, not only the latest', async () => {
  await begin(1, 0);
  await begin(2, 1000);
  await begin(3, 9000);
  expect(await write(turn(1, 1, 500), turn(2, 1, 500))).toEqual({ refused: [{ callId, epoch: 1, seq: 1 }] });
});

test('turns of a call that has no row yet are kept', async () => {
  expect(await write(turn(1, 1, 0))).toEqual({ refused: [] });
  expect(await turns.readTurns(key())).toHaveLength(1);
});

test('writers of one turn at once leave one row', async () => {
  await Promise.all(Array.from({ length: 20 }, () => write(turn(1, 1, 0), turn(1, 2, 1000))));
  expect(await turns.readTurns(key())).toHaveLength(2);
});

test('text that Postgres would refuse, and a clock finer than a millisecond, are made to fit', async () => {
  await write(turn(1, 1, 0.4, { endMs: 10.6, latencyMs: 5.5, text: 'a\0b\ud800c?', heardText: "it's" }));
  expect(await turns.readTurns(key())).toMatchObject([
    { startMs: 0, endMs: 11, latencyMs: 6, text: 'ab\ufffdc?', heardText: "it's" },
  ]);
});

test('turns of many batches are written together, each judged by its own epochs', async () => {
  const other = `${callId}x`;
  await write(turn(1, 1, 0));
  await begin(2, 5000);
  const batches = [
    { callId, turns: [turn(1, 2, 9000), turn(2, 1, 5100)] },
    { callId: other, turns: [turn(1, 2, 9000)] },
  ];
  expect(await turns.writeTurns('acme', batches)).toEqual({ refused: [{ callId, epoch: 1, seq: 2 }] });
  expect((await turns.readTurns({ tenantId: 'acme', callId: other })).map(({ seq }) => seq)).toEqual([2]);
});
