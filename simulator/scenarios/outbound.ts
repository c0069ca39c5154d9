import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** We call the person, who asks who it is and agrees to a time. */
export const outbound: Scenario = {
  name: 'outbound',
  group: 'outbound',
  about: 'the person whom we call hears who calls and why, and agrees to a time',
  language: 'cs',
  callee: {},
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-who-calls' },
    { waitForQuiet: 700 },
    { say: 'cs-caller-time-suits' },
    { waitForQuiet: 900 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-outbound-greeting'] },
      { on: { heard: 'cs-caller-who-calls' }, reply: ['cs-assistant-outbound-who'] },
      { on: { heard: 'cs-caller-time-suits' }, reply: ['cs-assistant-outbound-confirmed'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: {
    toolCalls: ['end_call'],
    endedBy: 'assistant',
    understood: ['cs-caller-who-calls', 'cs-caller-time-suits', 'cs-caller-goodbye'],
  },
};

/** The same for a person who does not ask who calls. */
export const outboundInBrief: Pick<Scenario, 'caller' | 'expect'> = {
  caller: outbound.caller.slice(2),
  expect: { ...outbound.expect, understood: ['cs-caller-time-suits', 'cs-caller-goodbye'] },
};
