import { outbound } from './outbound.ts';
import { commonRules, goodbyeRules, orderRules } from './common-rules.ts';
import type { CallerStep, ModelRule, Scenario } from './scenario.ts';

const goodbye: readonly CallerStep[] = [{ waitForQuiet: 1500 }, { say: 'cs-caller-goodbye' }, { waitForHangUp: true }];

const ending: readonly ModelRule[] = [...goodbyeRules('cs'), ...commonRules('cs')];

/** When the delivery comes is known to whoever remembers what the caller asked about before. */
const remembers = (what: string): readonly ModelRule[] => [
  { on: { heard: 'cs-caller-delivery-time', knows: what }, reply: ['cs-assistant-delivery-window'] },
  { on: { heard: 'cs-caller-delivery-time' }, reply: ['cs-assistant-ask-order-number'] },
];

/** The assistant was never away and has forgotten nothing. */
const unnoticed = ['cs-assistant-reconnected', 'cs-assistant-ask-order-number', 'cs-assistant-not-understood'];

const orderOrFailure: readonly ModelRule[] = [
  { on: { start: true }, reply: ['cs-assistant-greeting'] },
  { on: { toolResult: 'order_status', when: { path: 'ok', equals: false } }, reply: ['cs-assistant-order-failed'] },
  ...orderRules('cs'),
  { on: { text: 'order_status has ended.*"ok":false' }, reply: ['cs-assistant-order-failed'] },
  { on: { text: 'order_status has ended' }, reply: ['cs-assistant-order-on-the-way'] },
];

const orderAndHours: readonly ModelRule[] = [
  ...orderOrFailure,
  { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
  ...ending,
];
const asksForOrder: readonly CallerStep[] = [{ say: 'cs-caller-order-status' }, { waitForSpeech: true, plusMs: 500 }];

/** Calls that go wrong elsewhere; each is in `complaints.ts`. */
export const complaintCalls: readonly Scenario[] = [
  forgetsNothing({
    name: 'connection-ends-mid-answer',
    about: 'the caller hears a long answer to its end although the connection begins to end in the middle of it',
    asks: 'cs-caller-returns',
    thenWaits: [{ waitForSpeech: true, plusMs: 6000 }, { waitForQuiet: 1500 }],
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-story-one'] },
      ...remembers('zboží vrátit'),
    ],
    traps: ['go-away-mid-answer'],
    expect: { heardInFull: ['cs-assistant-story-one'] },
  }),
  forgetsNothing({
    name: 'silence-after-go-away',
    about:
      'the caller hears the answer to what he asks only after the announced end of the connection has come and gone',
    asks: 'cs-caller-opening-hours',
    thenWaits: [{ waitForSpeech: true, plusMs: 1000 }, { waitForQuiet: 8000 }],
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
      ...remembers('otevírací dobu'),
    ],
    traps: ['go-away'],
    expect: {},
  }),
  forgetsNothing({
    name: 'long-prompt',
    about:
      'the caller hears an answer that needs what was said before, although a model with long instructions could not be resumed',
    asks: 'cs-caller-order-status',
    thenWaits: [{ waitForSpeech: true, plusMs: 500 }, { waitForQuiet: 7000 }],
    rules: [...orderOrFailure, ...remembers('4711 je na cestě')],
    traps: ['go-away'],
    expect: {
      toolCalls: ['order_status', 'end_call'],
      modelFaults: ['resumption with a long instruction'],
    },
  }),
  {
    name: 'openai-late-interruption',
    group: 'turn-taking',
    about:
      'the caller hears the assistant stop as soon as he speaks, although the model had finished and only the line was still playing',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      { say: 'cs-caller-returns' },
      { waitForSpeech: true, plusMs: 8500 },
      { say: 'cs-caller-wait-delivery' },
      { waitForSpeech: true, plusMs: 500 },
      ...goodbye,
    ],
    model: {
      rules: [
        { on: { start: true }, reply: ['cs-assistant-greeting'] },
        { on: { text: 'call is connected' }, reply: ['cs-assistant-greeting'] },
        { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-story-one'] },
        { on: { heard: 'cs-caller-wait-delivery' }, reply: ['cs-assistant-delivery-window'] },
        ...ending,
      ],
    },
    expect: {
      endedBy: 'assistant',
      heardInPart: ['cs-assistant-story-one'],
      maxBargeInMs: 1500,
      heard: ['cs-assistant-delivery-window'],
      understood: ['cs-caller-returns', 'cs-caller-wait-delivery', 'cs-caller-goodbye'],
    },
  },
  {
    ...outbound,
    name: 'outbound-hello',
    about: 'the person whom we call hears all of our greeting although he says hello as he picks up and speaks into it',
    caller: [
      { say: 'cs-caller-short-hello' },
      { waitForSpeech: true, plusMs: 600 },
      { say: 'cs-caller-are-you-there' },
      { say: 'cs-caller-who-calls' },
      { waitForQuiet: 1500 },
      { say: 'cs-caller-time-suits' },
      ...goodbye,
    ],
    model: {
      rules: [
        ...outbound.model.rules,
        { on: { heard: 'cs-caller-short-hello' }, reply: ['cs-assistant-outbound-who'] },
      ],
    },
    expect: {
      endedBy: 'assistant',
      heardInFull: ['cs-assistant-outbound-greeting', 'cs-assistant-outbound-confirmed'],
      understood: ['cs-caller-time-suits', 'cs-caller-goodbye'],
    },
  },
  {
    name: 'tool-hangs',
    group: 'tools',
    about:
      'the caller hears that it takes a moment, then an apology: the tool never answers, and the model waits for it',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      ...asksForOrder,
      { waitForQuiet: 5000, timeoutMs: 40_000 },
      { say: 'cs-caller-opening-hours' },
      ...goodbye,
    ],
    model: { rules: orderAndHours },
    expect: {
      endedBy: 'assistant',
      toolCalls: ['order_status', 'end_call'],
      heard: ['cs-assistant-order-failed', 'cs-assistant-opening-hours'],
      notHeard: ['cs-assistant-order-on-the-way'],
      understood: ['cs-caller-order-status', 'cs-caller-opening-hours', 'cs-caller-goodbye'],
    },
  },
  {
    name: 'tool-talked-over',
    group: 'tools',
    about: 'the caller hears an answer to what he asks while a slow tool runs, and what it found when he asks again',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      ...asksForOrder,
      { waitForQuiet: 700 },
      { say: 'cs-caller-opening-hours' },
      { waitForQuiet: 2000 },
      ...asksForOrder,
      { waitForQuiet: 3500, timeoutMs: 40_000 },
      { say: 'cs-caller-goodbye' },
      { waitForHangUp: true },
    ],
    model: { rules: orderAndHours },
    expect: {
      endedBy: 'assistant',
      heard: ['cs-assistant-opening-hours', 'cs-assistant-order-on-the-way'],
      understood: ['cs-caller-opening-hours', 'cs-caller-order-status', 'cs-caller-goodbye'],
    },
  },
];

interface Question {
  readonly name: string;
  readonly about: string;
  readonly asks: string;
  readonly thenWaits: readonly CallerStep[];
  readonly rules: readonly ModelRule[];
  readonly traps: readonly string[];
  readonly expect: NonNullable<Scenario['expect']>;
}

/** One question, the end of a connection, and another question that only a model with a memory can answer. */
function forgetsNothing({ name, about, asks, thenWaits, rules, traps, expect }: Question): Scenario {
  const later = 'cs-caller-delivery-time';
  return {
    name,
    group: 'model life',
    about,
    language: 'cs',
    caller: [{ waitForQuiet: 900 }, { say: asks }, ...thenWaits, { say: later }, ...goodbye],
    model: { rules: [...rules, ...ending] },
    traps,
    expect: {
      endedBy: 'assistant',
      heard: ['cs-assistant-delivery-window'],
      notHeard: unnoticed,
      understood: [asks, later, 'cs-caller-goodbye'],
      ...expect,
    },
  };
}
