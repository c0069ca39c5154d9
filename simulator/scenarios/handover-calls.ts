import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

const talk = {
  group: 'survival',
  language: 'cs',
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
      { on: { heard: 'cs-caller-invoice' }, reply: ['cs-assistant-invoice'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
} as const satisfies Partial<Scenario>;

/** He drains in the middle of a question: its answer is the last that the call hears from him. */
const drains = { said: 0, afterMs: 1000, what: 'gateway-drained' } as const;
const unnoticed = ['cs-assistant-not-understood', 'cs-assistant-reconnected'];

/** What a caller hears of a gateway that stops in order: nothing, also where he speaks while nobody has a stream of him. */
export const handoverCalls: readonly Scenario[] = [
  {
    ...talk,
    name: 'handover-while-speaking',
    about: 'a gateway drains, and the caller begins to speak between its stream and the next one: he is heard whole',
    caller: [
      { waitForQuiet: 700 },
      { say: 'cs-caller-opening-hours' },
      // Its answer, what he says in between, and the answer to that.
      { waitForQuiet: 6000, timeoutMs: 40_000 },
      { say: 'cs-caller-goodbye' },
      { waitForHangUp: true },
    ],
    moments: [drains, { streamEnded: 0, what: 'caller-speaks', says: 'cs-caller-invoice' }],
    expect: {
      endedBy: 'assistant',
      understood: ['cs-caller-opening-hours', 'cs-caller-invoice', 'cs-caller-goodbye'],
      heardInFull: ['cs-assistant-opening-hours', 'cs-assistant-invoice'],
      notHeard: unnoticed,
      completeTranscript: true,
    },
  },
  {
    ...talk,
    name: 'handover-fork-refused',
    about: 'a gateway drains, and the carrier does not fork the caller: his call changes hands where he says nothing',
    traps: ['fork-refused'],
    caller: [
      { waitForQuiet: 700 },
      { say: 'cs-caller-opening-hours' },
      { waitForQuiet: 5000, timeoutMs: 40_000 },
      { say: 'cs-caller-invoice' },
      { waitForQuiet: 700 },
      { say: 'cs-caller-goodbye' },
      { waitForHangUp: true },
    ],
    moments: [drains],
    expect: {
      endedBy: 'assistant',
      understood: ['cs-caller-opening-hours', 'cs-caller-invoice', 'cs-caller-goodbye'],
      heardInFull: ['cs-assistant-opening-hours', 'cs-assistant-invoice'],
      notHeard: unnoticed,
      completeTranscript: true,
    },
  },
];
