import { expect, it } from 'vitest';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { madeUpCall } from '../../test/made-up-call.ts';
import { admitted, initialCoreState, proceeded } from './call-core.ts';
import { statusArrived } from './call-end.ts';
import { awaitsMessage } from './left-message.ts';

const withMailbox: FlowDocument = {
  schemaVersion: 1,
  name: 'mailbox',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'mailbox' } },
    mailbox: {
      type: 'voicemail',
      prompt: 'Nechte nám vzkaz.',
      maxLengthS: 60,
      to: { people: ['jana'] },
      edges: { recorded: 'bye', empty: 'bye' },
    },
    bye: { type: 'hangup' },
  },
};

it('a message whose caller has hung up goes into the flow, which tells whoever shall know, and nothing more is said', () => {
  const call = madeUpCall('CA1', withMailbox);
  const asked = admitted(call, initialCoreState(call), {}, 1_000);
  expect(awaitsMessage(asked)).toBe(true);
  const gone = statusArrived(asked, { status: 'completed', sequence: 2 }, 9_000);
  const event = { type: 'voicemailLeft', recordingId: 'RE1', durationS: 4 } as const;
  const told = proceeded(call, gone, { number: 1, event }, 9_100);
  expect(told.orders).toMatchObject([{ type: 'notify', nodeId: 'mailbox', to: { people: ['jana'] } }]);
  expect(told.answer?.instructions).toEqual([{ type: 'hangUp' }]);
  expect(told.flow.phase).toBe('ended');
  expect(proceeded(call, told, { number: 2, event }, 9_200).orders).toHaveLength(1);
});
