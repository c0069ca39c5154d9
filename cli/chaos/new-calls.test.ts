import { expect, it } from 'vitest';
import { accountNewCall, type NewCall, sumUpNewCalls } from './new-calls.ts';

const words = (phraseId: string, startMs: number, endMs: number, complete = true) => ({
  phraseId,
  text: phraseId,
  startMs,
  endMs,
  heardWords: [phraseId],
  complete,
});

/** A caller who was greeted after a second, and said goodbye. */
const served: NewCall = {
  record: {
    status: 'completed',
    timeline: [{ atMs: 300, kind: 'stream-started' }],
    heard: [
      { startMs: 0, endMs: 1000, rms: 4 },
      { startMs: 1000, endMs: 4000, rms: 900 },
    ],
    said: [{ phraseId: 'bye', text: 'bye', startMs: 6000, endMs: 7000 }],
    heardTranscript: [words('greeting', 1000, 4000)],
  },
  outcome: 'callerHungUp',
  workflowStatus: 'COMPLETED',
};
/** A caller who was told after two seconds that he cannot be connected. */
const told: NewCall = {
  record: {
    status: 'completed',
    timeline: [],
    heard: [{ startMs: 2200, endMs: 6000, rms: 900 }],
    said: [],
    heardTranscript: [words('cs-assistant-cannot-connect', 2200, 6000)],
  },
  outcome: 'adopted',
  workflowStatus: 'COMPLETED',
};

it('tells a call that was answered from one that got its degraded plan and was adopted', () => {
  expect(accountNewCall(served, 'bye')).toEqual({ fate: 'answered', degraded: false, waitMs: 1000, notes: [] });
  expect(accountNewCall(told, 'bye')).toEqual({ fate: 'adopted', degraded: true, waitMs: 2200, notes: [] });
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
  const account = accountNewCall(call, 'bye');
  expect(account.fate).toBe('lost');
  expect(account.notes.join()).toContain(note);
});

it('sums up new calls', () => {
  const lost = accountNewCall({ ...told, outcome: undefined }, 'bye');
  const figures = sumUpNewCalls([accountNewCall(served, 'bye'), accountNewCall(told, 'bye'), lost]);
  expect(figures).toEqual({
    calls: 3,
    answered: 1,
    degraded: 2,
    adopted: 1,
    lost: 1,
    waitMs: { p50: 2200, p95: 2200, max: 2200 },
  });
});
