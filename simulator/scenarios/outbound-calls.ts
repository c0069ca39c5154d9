import { outbound } from './outbound.ts';
import type { Scenario } from './scenario.ts';

/** A call that nobody takes: no word is said, and the model is never asked. */
function missed(
  end: string,
  outcome: 'busy' | 'no-answer' | 'failed' | 'rejected',
  carrierStatus: string,
  about: string,
): Scenario {
  return {
    name: `outbound-${end}`,
    group: 'outbound',
    about: `we call and ${about}: nobody hears anything, and the outcome is ${outcome}`,
    language: 'cs',
    callee: { outcome },
    caller: [],
    model: { rules: [] },
    expect: { outcome, carrierStatus, ...(outcome === 'failed' && { failure: 'not-put-through' }) },
  };
}

/** A number that the carrier does not dial for this account. */
function refused(name: string, refusedWith: number, failure: string, about: string): Scenario {
  return {
    name: `outbound-${name}`,
    group: 'outbound',
    about: `we call and ${about}: nobody hears anything, and the outcome is failed with the reason ${failure}`,
    language: 'cs',
    callee: { refusedWith },
    caller: [],
    model: { rules: [] },
    expect: { outcome: 'failed', failure, carrierStatus: 'never-dialled' },
  };
}

const machine = {
  group: 'outbound',
  language: 'cs',
  callee: { outcome: 'machine' },
  caller: [{ say: 'cs-assistant-cannot-connect' }, { waitForHangUp: true }],
  model: { rules: [] },
} as const;

/** What can become of a call that the product places. */
export const outboundCalls: readonly Scenario[] = [
  missed('busy', 'busy', 'busy', 'the line is busy'),
  missed('no-answer', 'no-answer', 'no-answer', 'nobody answers'),
  missed('rejected', 'rejected', 'busy', 'the person declines'),
  missed('failed', 'failed', 'failed', 'the number does not exist'),
  refused('number-invalid', 21_211, 'number-invalid', 'the carrier knows no such number'),
  refused('country-blocked', 21_215, 'destination-blocked', 'the account may not call that country'),
  refused('number-unverified', 21_219, 'number-unverified', 'the account is on trial and has not verified the number'),
  {
    ...machine,
    name: 'outbound-voicemail',
    about: 'we call and a machine answers: it gets our message after its greeting',
    expect: { outcome: 'voicemail', heard: ['cs-assistant-outbound-greeting'] },
  },
  {
    ...machine,
    name: 'outbound-machine',
    about: 'we call and a machine answers: it is hung up on at once',
    expect: { outcome: 'voicemail' },
  },
  {
    ...outbound,
    name: 'outbound-answer-lost',
    about: 'the answer to our request to dial is lost: the person is called once and hears nothing of it',
    traps: ['rest-answer-lost'],
  },
  {
    ...outbound,
    name: 'outbound-answer-late',
    about: 'the answer to our request to dial takes 35 s: the person is called once and hears nothing of it',
    traps: ['rest-answer-late'],
  },
  {
    ...outbound,
    name: 'outbound-throttled',
    about: 'the carrier has no time to dial at first: the person is called a moment later and hears the same',
    traps: ['rest-too-many-requests'],
  },
  {
    name: 'outbound-unknown',
    group: 'outbound',
    about:
      'the carrier fails and nobody knows whether it dialled: nobody is called, and after 30 s the outcome is failed',
    language: 'cs',
    callee: {},
    caller: [],
    model: { rules: [] },
    traps: ['rest-unavailable'],
    expect: { outcome: 'failed', failure: 'dial-unknown', carrierStatus: 'never-dialled' },
  },
];
