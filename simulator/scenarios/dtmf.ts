import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** Keys pressed during the conversation reach the model as text. */
export const dtmf: Scenario = {
  name: 'dtmf',
  group: 'conversation',
  about: 'the caller presses keys while talking to the assistant, and hears that they have arrived',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-hello' },
    { waitForQuiet: 700 },
    { dtmf: '4711#' },
    { waitForSpeech: true, plusMs: 300 },
    { waitForQuiet: 1200 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-hello' }, reply: ['cs-assistant-ask-order-number'] },
      // All digits in one message, or the key that ends them.
      { on: { text: '4711|#' }, reply: ['cs-assistant-digits-received'], times: 1 },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: { endedBy: 'assistant', understood: ['cs-caller-hello', 'cs-caller-goodbye'] },
};
