import { commonRules, goodbyeRules } from './common-rules.ts';
import type { CallerStep, ModelRule, Scenario } from './scenario.ts';
import { twoAssistants } from './two-assistants.ts';

const orderRules: readonly ModelRule[] = [
  { on: { start: true }, reply: ['cs-assistant-greeting'] },
  { on: { text: 'call is connected' }, reply: ['cs-assistant-greeting'] },
  { on: { heard: 'cs-caller-hello' }, reply: ['cs-assistant-how-can-i-help'] },
  { on: { heard: 'cs-caller-short-yes' }, reply: ['cs-assistant-anything-else'] },
  { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
  { on: { text: 'waits for your answer' }, reply: ['cs-assistant-not-understood'] },
  ...goodbyeRules('cs'),
  ...commonRules('cs'),
];

const asksForHours: readonly CallerStep[] = [
  { waitForQuiet: 900 },
  { say: 'cs-caller-opening-hours' },
  { waitForQuiet: 1500 },
  { say: 'cs-caller-goodbye' },
  { waitForHangUp: true },
];

const understood = ['cs-caller-opening-hours', 'cs-caller-goodbye'];

/** Nobody is there whom the assistant's model could be replaced by: the flow goes on without it. */
function noModel(trap: 'model-hangs' | 'model-away', about: string, heard: readonly string[]): Scenario {
  return {
    name: `trap-${trap}`,
    group: 'model life',
    about: `the caller hears ${about}`,
    language: 'cs',
    caller: [{ waitForHangUp: true, timeoutMs: 40_000 }],
    model: { rules: orderRules },
    traps: [trap],
    expect: {
      endedBy: 'flow',
      outcome: 'failed',
      heard: [...heard, 'cs-assistant-reconnected', 'cs-assistant-cannot-connect'],
      notHeard: ['cs-assistant-greeting'],
      path: ['start next', 'helper failed', 'sorry failed'],
    },
  };
}

/** Faults of a model that need a call of their own: what the caller hears where waiting does not help, and in odd corners. */
export const modelFaultCalls: readonly Scenario[] = [
  {
    name: 'trap-model-mute',
    group: 'model life',
    about:
      'the caller hears that it takes a moment, then the greeting by another model: the first one says nothing at all',
    language: 'cs',
    caller: [{ waitForQuiet: 2500 }, ...asksForHours.slice(1)],
    model: { rules: orderRules },
    traps: ['model-mute'],
    expect: {
      endedBy: 'assistant',
      heard: ['cs-assistant-checking', 'cs-assistant-greeting', 'cs-assistant-opening-hours'],
      understood,
    },
  },
  noModel('model-hangs', 'that it takes a moment, an apology, and what the flow has for that: no connection opens', [
    'cs-assistant-checking',
  ]),
  noModel('model-away', 'an apology and what the flow has for that: every connection is refused', []),
  {
    name: 'trap-late-turn-end',
    group: 'model life',
    about: 'the caller of an assistant that may not be interrupted hears the answer a little later',
    language: 'cs',
    caller: asksForHours,
    model: { rules: orderRules },
    traps: ['late-turn-end'],
    expect: {
      endedBy: 'assistant',
      heard: ['cs-assistant-opening-hours'],
      notHeard: ['cs-assistant-not-understood'],
      understood,
    },
  },
  {
    name: 'trap-short-utterance-ignored',
    group: 'model life',
    about: 'the caller says a short yes that the model does not hear, and is asked to say it again',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      { say: 'cs-caller-short-yes' },
      { waitForQuiet: 1500 },
      { say: 'cs-caller-short-yes' },
      { waitForQuiet: 1500 },
      { say: 'cs-caller-goodbye' },
      { waitForHangUp: true },
    ],
    model: { rules: orderRules },
    traps: ['short-utterance-ignored'],
    expect: {
      endedBy: 'assistant',
      heard: ['cs-assistant-not-understood', 'cs-assistant-anything-else'],
      understood: ['cs-caller-goodbye'],
    },
  },
  {
    ...twoAssistants,
    name: 'trap-function-taken-away',
    group: 'tools',
    about: 'the caller hears nothing of it: the second assistant’s model calls a function that only the first one had',
    traps: ['function-taken-away'],
    expect: { ...twoAssistants.expect, toolCalls: [] },
  },
];
