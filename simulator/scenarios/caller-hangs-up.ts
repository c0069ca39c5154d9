import { commonRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The caller leaves while the assistant speaks. */
export const callerHangsUp: Scenario = {
  name: 'caller-hangs-up',
  group: 'conversation',
  about: 'the caller hangs up in the middle of an answer',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-returns' },
    { waitForSpeech: true, plusMs: 2000 },
    { hangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-returns'] },
      ...commonRules('cs'),
    ],
  },
  expect: { heardInPart: ['cs-assistant-returns'], endedBy: 'caller', understood: ['cs-caller-returns'] },
};
