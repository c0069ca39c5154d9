import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** With barge-in switched off the notice is heard to its end although the caller speaks into it. */
export const bargeInOff: Scenario = {
  name: 'barge-in-off',
  group: 'turn-taking',
  about: 'the assistant may not be interrupted: the caller speaks into a notice and hears all of it',
  language: 'cs',
  caller: [
    { waitForSpeech: true, plusMs: 1500 },
    { say: 'cs-caller-enough' },
    { waitForQuiet: 1200 },
    { say: 'cs-caller-opening-hours' },
    { waitForQuiet: 900 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-recorded-notice'] },
      { on: { heard: 'cs-caller-enough' }, reply: ['cs-assistant-how-can-i-help'] },
      { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: { heardInPart: [], endedBy: 'assistant', understood: ['cs-caller-goodbye'] },
};
