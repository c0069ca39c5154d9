import { outbound, outboundInBrief } from './outbound.ts';
import { commonRules, goodbyeRules, orderRules } from './common-rules.ts';
import { type CallerStep, type Scenario, streamSocketLost } from './scenario.ts';

interface LineTrap {
  readonly trap: string;
  /** What the caller hears of it. */
  readonly hears: string;
  readonly caller?: readonly CallerStep[];
  readonly expect?: Scenario['expect'];
}

/** An order looked up by a tool, an interruption, a goodbye. */
const talk: readonly CallerStep[] = [
  { waitForQuiet: 900 },
  { say: 'cs-caller-order-status' },
  { waitForSpeech: true, plusMs: 500 },
  { waitForQuiet: 1500 },
  { say: 'cs-caller-returns' },
  { waitForSpeech: true, plusMs: 2500 },
  { say: 'cs-caller-wait-delivery' },
  { waitForQuiet: 1200 },
  { say: 'cs-caller-goodbye' },
  { waitForHangUp: true },
];
const understood = ['cs-caller-order-status', 'cs-caller-returns', 'cs-caller-wait-delivery', 'cs-caller-goodbye'];
const talked: Scenario['expect'] = {
  endedBy: 'assistant',
  toolCalls: ['order_status', 'end_call'],
  heardInPart: ['cs-assistant-returns'],
  understood,
};

const brief = {
  caller: [
    { waitForQuiet: 900 },
    { say: 'cs-caller-order-status' },
    { waitForSpeech: true, plusMs: 500 },
    { waitForQuiet: 1500 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  expect: {
    endedBy: 'assistant',
    toolCalls: ['order_status', 'end_call'],
    understood: ['cs-caller-order-status', 'cs-caller-goodbye'],
  },
} as const;

const traps: readonly LineTrap[] = [
  { ...brief, trap: 'webhook-delivered-twice', hears: 'nothing of it: the second question gets the same answer' },
  { ...brief, trap: 'webhook-answer-lost', hears: 'nothing of it: the repeated question gets the same answer' },
  { ...brief, trap: 'status-callbacks-repeated', hears: 'nothing of it' },
  { ...brief, trap: 'second-media-socket', hears: 'nothing of it: the second stream is refused' },
  { trap: 'media-jitter', hears: 'nothing of it' },
  {
    trap: 'mark-echo-late',
    hears: 'nothing of it; of a sentence that is cut the last word or two are not known to have been heard',
    // 400 ms of speech.
    expect: { ...talked, heardTolerance: 2 },
  },
  {
    trap: 'media-frames-dropped',
    hears: 'a question to say it again where too much of a sentence is missing',
    caller: [{ waitForQuiet: 900 }, { say: 'cs-caller-order-status' }, { waitForQuiet: 2000 }, { hangUp: true }],
    expect: { endedBy: 'caller', heard: ['cs-assistant-not-understood'] },
  },
  {
    trap: 'media-socket-dies',
    hears: 'a short gap after five seconds and one apology, then the talk goes on',
    caller: [{ waitForQuiet: 700 }, { waitForSpeech: true, plusMs: 1500 }, { waitForQuiet: 500 }, { hangUp: true }],
    expect: { endedBy: 'caller', alerts: [streamSocketLost], heard: ['cs-assistant-reconnected'] },
  },
];

const rules = [
  { on: { start: true }, reply: ['cs-assistant-greeting'] },
  ...orderRules('cs'),
  { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-returns'] },
  { on: { heard: 'cs-caller-wait-delivery' }, reply: ['cs-assistant-delivery-window'] },
  ...goodbyeRules('cs'),
  ...commonRules('cs'),
] as const;

/** A call for each trap of the line: what the telephone network's misbehaviour costs the caller. */
export const lineCalls: readonly Scenario[] = [
  ...traps.map(({ trap, hears, caller = talk, expect = talked }): Scenario => ({
    name: `trap-${trap}`,
    group: 'carrier',
    about: `the caller hears ${hears}`,
    language: 'cs',
    caller,
    model: { rules },
    traps: [trap],
    expect,
  })),
  {
    ...outbound,
    ...outboundInBrief,
    name: 'trap-status-callbacks-out-of-order',
    group: 'carrier',
    about: 'the person whom we call hears nothing of it',
    traps: ['status-callbacks-out-of-order'],
    expect: { ...outboundInBrief.expect, outcome: 'ended' },
  },
];
