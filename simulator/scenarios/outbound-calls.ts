import { outbound, outboundInBrief } from './outbound.ts';
import { commonRules } from './common-rules.ts';
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

const greets = { say: 'cs-assistant-cannot-connect' };
const message = 'cs-assistant-opening-hours';
const voicemail = { outcome: 'voicemail', carrierStatus: 'completed', heard: [message] };

/** Found out before the flow begins: the model is never asked. */
const machine = {
  group: 'outbound',
  language: 'cs',
  callee: { outcome: 'machine' },
  caller: [greets, { tone: 'beep' }, { waitForHangUp: true }],
  model: { rules: [] },
} as const;

/** Found out while the assistant already talks: to a person it has begun at once. */
const talksToMachine = {
  group: 'outbound',
  language: 'cs',
  callee: { outcome: 'machine' },
  caller: [{ pauseMs: 1500 }, greets, { tone: 'beep' }, { waitForHangUp: true }],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-outbound-greeting'] },
      { on: { text: 'still there|silent' }, reply: ['cs-assistant-still-there'] },
      { on: { heard: 'cs-assistant-cannot-connect' }, reply: ['cs-assistant-outbound-who'], delayMs: 2800 },
      ...commonRules('cs'),
    ],
  },
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
    ...missed('no-answer', 'no-answer', 'canceled', ''),
    name: 'outbound-canceled',
    about: 'we call and withdraw it while it rings: the telephone falls silent, and the outcome is canceled',
    callee: { answerAfterMs: 20_000, withdrawAfterMs: 1500 },
    expect: { outcome: 'canceled', carrierStatus: 'canceled' },
  },
  {
    ...outbound,
    name: 'outbound-withdrawn',
    about: 'we call and end it by request while the assistant speaks: its sentence is cut off',
    callee: { withdrawAfterMs: 3500 },
    caller: [{ waitForHangUp: true }],
    expect: { outcome: 'tenantHungUp', heardInPart: ['cs-assistant-outbound-greeting'] },
  },
  {
    ...machine,
    name: 'outbound-voicemail',
    about: 'we call and a machine answers: it gets our message after its greeting',
    expect: voicemail,
  },
  {
    ...machine,
    name: 'outbound-machine',
    about: 'we call and a machine answers, and there is no message to leave: it is hung up on after its greeting',
    expect: { outcome: 'voicemail' },
  },
  {
    ...talksToMachine,
    name: 'outbound-beep',
    about: 'we call and talk at once, to a machine: at its beep the assistant is cut off and our message is left',
    expect: { ...voicemail, heardTolerance: 4, maxSilenceMs: 8000 },
  },
  {
    ...talksToMachine,
    name: 'outbound-no-beep',
    about: 'we call and talk to a machine that has no beep: the assistant ends its sentence, then our message is left',
    // Heard whole, it is answered with more than a person would say: the carrier's finding falls into the second sentence.
    caller: [{ pauseMs: 500 }, greets, { waitForHangUp: true, timeoutMs: 60_000 }],
    model: {
      rules: [
        { on: { start: true }, reply: ['cs-assistant-outbound-greeting'] },
        {
          on: { heard: 'cs-assistant-cannot-connect' },
          reply: ['cs-assistant-anything-else', 'cs-assistant-delivery-window'],
        },
        ...commonRules('cs'),
      ],
    },
    expect: {
      ...voicemail,
      heard: ['cs-assistant-delivery-window', message],
      heardTolerance: 4,
      maxSilenceMs: 8000,
    },
  },
  {
    ...talksToMachine,
    name: 'outbound-machine-hung-up',
    about: 'we call and talk to a machine, and there is no message to leave: at its beep it is hung up on',
    expect: { outcome: 'voicemail', heardTolerance: 4, maxSilenceMs: 8000 },
  },
  {
    ...talksToMachine,
    name: 'outbound-fax',
    about: 'we call and a fax answers: the assistant is cut off, and a fax gets no message',
    callee: { outcome: 'fax' },
    caller: [{ tone: 'fax' }, { waitForHangUp: true }],
    expect: { outcome: 'voicemail', heardTolerance: 4 },
  },
  {
    ...talksToMachine,
    name: 'outbound-detection-repeated',
    about: 'the carrier says twice that a machine has answered: it gets one message',
    traps: ['detection-callback-repeated'],
    expect: { ...voicemail, heardTolerance: 4, maxSilenceMs: 8000 },
  },
  {
    ...talksToMachine,
    name: 'outbound-detection-lost',
    about: 'the carrier never says that a machine has answered: it records the assistant until it hangs up',
    traps: ['detection-callback-lost'],
    caller: [{ pauseMs: 1500 }, greets, { tone: 'beep' }, { pauseMs: 4000 }, { hangUp: true }],
    expect: { outcome: 'voicemail', heardTolerance: 4, maxSilenceMs: 8000 },
  },
  {
    ...outbound,
    ...outboundInBrief,
    name: 'outbound-detection-late',
    about: 'the carrier says what it has found after the call has ended: the person hears nothing of it',
    traps: ['detection-callback-late'],
  },
  {
    ...outbound,
    ...outboundInBrief,
    name: 'outbound-nobody-knows',
    about: 'the carrier cannot tell whether a person has answered: he is treated as one and hears nothing of it',
    callee: { detectedAs: 'unknown', detectedAfterMs: 5000 },
  },
  {
    ...outbound,
    name: 'outbound-mistaken',
    about: 'the carrier takes a person for a machine: both finish what they are saying before our message is left',
    callee: { detectedAs: 'machine_end_silence', detectedAfterMs: 8600 },
    caller: [{ waitForQuiet: 700 }, { say: 'cs-caller-who-calls' }, { waitForHangUp: true }],
    expect: {
      ...voicemail,
      heardInFull: ['cs-assistant-outbound-greeting', 'cs-assistant-outbound-who'],
      understood: ['cs-caller-who-calls'],
    },
  },
  {
    ...outbound,
    ...outboundInBrief,
    name: 'outbound-answer-lost',
    about: 'the answer to our request to dial is lost: the person is called once and hears nothing of it',
    traps: ['rest-answer-lost'],
  },
  {
    ...outbound,
    ...outboundInBrief,
    name: 'outbound-answer-late',
    about: 'the answer to our request to dial takes 35 s: the person is called once and hears nothing of it',
    traps: ['rest-answer-late'],
  },
  {
    ...outbound,
    ...outboundInBrief,
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
    likelyMs: 35_000,
    model: { rules: [] },
    traps: ['rest-unavailable'],
    expect: { outcome: 'failed', failure: 'dial-unknown', carrierStatus: 'never-dialled' },
  },
];
