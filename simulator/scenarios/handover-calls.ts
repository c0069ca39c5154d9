import { commonRules, goodbyeRules } from './common-rules.ts';
import { type Scenario, streamSocketLost } from './scenario.ts';

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
const heardAndUnderstood = {
  endedBy: 'assistant',
  understood: ['cs-caller-opening-hours', 'cs-caller-invoice', 'cs-caller-goodbye'],
  heardInFull: ['cs-assistant-opening-hours', 'cs-assistant-invoice'],
  notHeard: ['cs-assistant-not-understood', 'cs-assistant-reconnected'],
  completeTranscript: true,
} as const;

/** What the network tells its customer of it; 31901: a stream's handshake took too long. */
const alertsOf = { refused: [], 'never-connects': [31_901], 'socket-dies': [streamSocketLost] } as const;

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
    expect: heardAndUnderstood,
  },
  withoutFork('refused', 'the carrier does not fork the caller'),
  withoutFork('never-connects', 'the carrier promises a fork that never comes'),
  withoutFork('socket-dies', 'the fork of the caller breaks as soon as it has begun'),
];

/** A fork that comes to nothing keeps no call from changing hands; who says nothing meanwhile notices nothing. */
function withoutFork(how: keyof typeof alertsOf, what: string): Scenario {
  return {
    ...talk,
    name: `handover-fork-${how}`,
    about: `a gateway drains, and ${what}: his call changes hands where he says nothing`,
    traps: [`fork-${how}`],
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
    expect: { ...heardAndUnderstood, alerts: alertsOf[how] },
  };
}
