import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The flow itself collects digits before the assistant speaks. */
export const collectDigits: Scenario = {
  name: 'collect-digits',
  group: 'conversation',
  about: 'the caller hears a prompt for digits, presses them, and then hears the assistant',
  language: 'cs',
  caller: [
    { waitForSpeech: true, plusMs: 1500 },
    { dtmf: '4711#' },
    { waitForSpeech: true, plusMs: 300 },
    { waitForQuiet: 900 },
    { say: 'cs-caller-delivery-time' },
    { waitForQuiet: 900 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-delivery-time' }, reply: ['cs-assistant-delivery-window'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: { endedBy: 'assistant', understood: ['cs-caller-delivery-time', 'cs-caller-goodbye'] },
};
