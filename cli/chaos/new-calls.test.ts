import { expect, it } from 'vitest';
import { heardPhrase as words, storedTurn as turn } from './made-up-turns.ts';
import { accountNewCall, type NewCall, sumUpNewCalls } from './new-calls.ts';

/** A caller who was greeted after a second, and said goodbye. */
const served: NewCall = {
  record: {
    status: 'completed',
    zeroEpochMs: 1_000_000,
    timeline: [{ atMs: 300, kind: 'stream-started' }],
    heard: [
      { startMs: 0, endMs: 1000, rms: 4 },
      { startMs: 1000, endMs: 4000, rms: 900 },
    ],
    said: [{ phraseId: 'bye', text: 'bye', startMs: 6000, endMs: 7000 }],
    heardTranscript: [words('greeting', 1000, 4000)],
  },
  admittedAtMs: 1_000_200,
  turns: [turn('assistant', 800, 3800), turn('caller', 5800, 6800)],
  outcome: 'callerHungUp',
  workflowStatus: 'COMPLETED',
};
/** A caller who was told after two seconds that he cannot be connected. */
const told: NewCall = {
  record: {
    status: 'completed',
    zeroEpochMs: 1_000_000,
    timeline: [],
    heard: [{ startMs: 2200, endMs: 6000, rms: 900 }],
    said: [],
    heardTranscript: [words('cs-assistant-cannot-connect', 2200, 6000)],
  },
  admittedAtMs: undefined,
  turns: [],
  outcome: 'adopted',
  workflowStatus: 'COMPLETED',
};
const window = { fromMs: 999_000, lastWords: 'bye', promise: { mayMove: false, mostApologies: 0 } } as const;
const noTurns = { turnsExpected: 0, turnsStored: 0, turnsLost: 0, turnsDoubled: 0, textsMissing: 0 };
const both = { ...noTurns, turnsExpected: 2, turnsStored: 2 };

it('tells a call that was answered from one that got its degraded plan and was adopted', () => {
  const whole = { ok: true, notes: [] };
  expect(accountNewCall(served, window)).toEqual({
    ...both,
    ...whole,
    fate: 'answered',
    degraded: false,
    waitMs: 1000,
  });
  expect(accountNewCall(told, window)).toEqual({
    ...noTurns,
    ...whole,
    fate: 'adopted',
    degraded: true,
    waitMs: 2200,
  });
});

it.each<[string, NewCall, string]>([
  ['heard nothing', { ...told, record: { ...told.record, heardTranscript: [] } }, 'neither served nor told'],
  [
    'heard half of an announcement',
    { ...told, record: { ...told.record, heardTranscript: [words('cs-assistant-cannot-connect', 2200, 3000, false)] } },
    'neither served nor told',
  ],
  ['never came to speak', { ...served, record: { ...served.record, said: [] } }, 'neither served nor told'],
  ['was refused by the carrier', { ...served, record: { ...served.record, status: 'failed' } }, 'ended as failed'],
  ['left no row', { ...told, outcome: undefined }, 'no row'],
  ['was told, and recorded as if it had been served', { ...told, outcome: 'callerHungUp' }, 'outcome is callerHungUp'],
  ['has a workflow that goes on', { ...served, workflowStatus: 'RUNNING' }, 'workflow is RUNNING'],
  ['has no workflow', { ...told, workflowStatus: undefined }, 'workflow is missing'],
])('takes a call for lost whose caller %s', (_, call, note) => {
  const account = accountNewCall(call, window);
  expect(account.fate).toBe('lost');
  expect(account.notes.join()).toContain(note);
});

it('accounts for the turns of a call that was answered, from its first stream on', () => {
  const [greeting] = served.turns;
  const lost = accountNewCall({ ...served, turns: served.turns.slice(1) }, window);
  expect(lost).toMatchObject({ fate: 'answered', ok: false, turnsExpected: 2, turnsLost: 1 });
  expect(lost.notes).toEqual(['new call: lost: assistant greeting 1000-4000 ms']);
  const twice = [...served.turns, ...(greeting ? [{ ...greeting, epoch: 2 }] : [])];
  expect(accountNewCall({ ...served, turns: twice }, window)).toMatchObject({ ok: false, turnsDoubled: 1 });
  expect(sumUpNewCalls([lost])).toMatchObject({ ok: false, lost: 0, turnsLost: 1 });
});

it('sums up new calls', () => {
  const lost = accountNewCall({ ...told, outcome: undefined }, window);
  const figures = sumUpNewCalls([accountNewCall(served, window), accountNewCall(told, window), lost]);
  expect(figures).toEqual({
    ...both,
    ok: false,
    calls: 3,
    answered: 1,
    degraded: 2,
    adopted: 1,
    lost: 1,
    waitMs: { p50: 2200, p95: 2200, max: 2200 },
  });
});
