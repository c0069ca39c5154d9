import { expect, test } from 'vitest';
import { loadPhraseBook, phrasePcm } from '../../simulator/speech/phrase-book.ts';
import { flowFaults } from './flow-faults.ts';
import type { StoredRecording } from './stored-call.ts';

const complaint = phrasePcm(loadPhraseBook().byId('cs-caller-complaint'), 8000);
const kept: StoredRecording = { kind: 'voicemail', status: 'kept', isOursAlone: true, caller: complaint };
const call = { path: ['start next', 'mailbox recorded'], recordings: [kept], tags: ['sale'], notices: 1 };
const timeline = [
  { atMs: 10, kind: 'answered' },
  { atMs: 900, kind: 'say', text: 'Nechte nám vzkaz.' },
];
const wanted = {
  path: ['start next', 'mailbox recorded'],
  says: ['Nechte nám vzkaz.'],
  tags: ['sale'],
  notices: 1,
  recordings: [{ kind: 'voicemail', holds: ['cs-caller-complaint'], lacks: ['cs-caller-lawyer'] }],
} as const;

test('a call that went, spoke and was recorded as it should has no fault; nothing wanted is nothing wrong', () => {
  expect(flowFaults({ timeline }, call, wanted)).toEqual([]);
  expect(flowFaults({ timeline }, call, {})).toEqual([]);
});

test.each([
  [{ path: ['start next', 'mailbox empty'] }, 'the flow went, as number 2, "mailbox recorded" and not "mailbox empty"'],
  [{ path: ['start next'] }, 'the flow went, as number 2, "mailbox recorded" and not "nothing"'],
  [{ says: [] }, 'the flow said, as number 1, "Nechte nám vzkaz." and not "nothing"'],
  [{ tags: [] }, 'the call is marked, as number 1, "sale" and not "nothing"'],
  [{ notices: 2 }, 'webhooks took 1 notices, not 2'],
  [{ recordings: [] }, '1 recordings are stored, not 0'],
  [{ recordings: [{ kind: 'call' }] }, 'recording 1 is voicemail and kept, not call and kept'],
  [{ recordings: [{ kind: 'voicemail', holds: ['cs-caller-yes'] }] }, 'recording 1 does not hold cs-caller-yes'],
  [{ recordings: [{ kind: 'voicemail', lacks: ['cs-caller-complaint'] }] }, 'recording 1 holds cs-caller-complaint'],
] as const)('says what is not as it should be: %j', (changed, fault) => {
  expect(flowFaults({ timeline }, call, { ...wanted, ...changed })).toEqual([fault]);
});

test('says that the carrier still has a recording', () => {
  const ours = { ...call, recordings: [{ ...kept, isOursAlone: false }] };
  expect(flowFaults({ timeline }, ours, wanted)).toEqual(['the carrier still has recording 1']);
});
