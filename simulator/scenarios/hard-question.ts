import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** A question that the model hands to one that thinks longer, and a conversation that goes on with the first one after it. */
export const hardQuestion: Scenario = {
  name: 'hard-question',
  group: 'conversation',
  about: 'a hard question is thought about for six seconds by a second model, then the first one has the call again',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-does-not-start' },
    { waitForSpeech: true, plusMs: 300 },
    // What bridges the wait is speech, too: he lets it all pass.
    { pauseMs: 13_000 },
    { say: 'cs-caller-opening-hours' },
    { waitForQuiet: 1500 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      {
        on: { heard: 'cs-caller-does-not-start' },
        reply: ['cs-assistant-checking'],
        toolCall: { name: 'think_harder', args: { question: 'A new printer does not start. What is to be tried?' } },
      },
      {
        on: { text: 'new printer does not start' },
        reply: ['cs-assistant-technical-advice'],
        toolCall: { name: 'hand_back', args: {} },
        delayMs: 6000,
      },
      { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: {
    toolCalls: ['think_harder', 'hand_back', 'end_call'],
    heardInFull: ['cs-assistant-technical-advice', 'cs-assistant-opening-hours'],
    endedBy: 'assistant',
    understood: ['cs-caller-does-not-start', 'cs-caller-opening-hours', 'cs-caller-goodbye'],
  },
};
