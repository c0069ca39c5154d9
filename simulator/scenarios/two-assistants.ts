import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The first assistant hands the caller to a second one, who speaks with other instructions. */
export const twoAssistants: Scenario = {
  name: 'two-assistants',
  group: 'conversation',
  about: 'the caller hears that he is handed over, then a second assistant with advice and a goodbye',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-technical' },
    { waitForSpeech: true, plusMs: 300 },
    { waitForQuiet: 2500 },
    { say: 'cs-caller-does-not-start' },
    { waitForQuiet: 900 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      // The second assistant is known by its instructions; it may know what was said before.
      { on: { start: true, instruction: 'technic' }, reply: ['cs-assistant-technical-greeting'] },
      { on: { seeded: true, instruction: 'technic' }, reply: ['cs-assistant-technical-greeting'] },
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      {
        on: { heard: 'cs-caller-technical' },
        reply: ['cs-assistant-to-technical'],
        toolCall: [
          { name: 'leave_node', args: { outcome: 'technical' } },
          { name: 'end_call', args: { reason: 'technical support' } },
        ],
      },
      { on: { heard: 'cs-caller-does-not-start' }, reply: ['cs-assistant-technical-advice'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: {
    endedBy: 'assistant',
    understood: ['cs-caller-technical', 'cs-caller-does-not-start', 'cs-caller-goodbye'],
  },
};

/** The same through the other vendor's model. */
export const openAiTwoAssistants: Scenario = {
  ...twoAssistants,
  name: 'openai-two-assistants',
  about: "the same through another vendor's model",
};

/** The same, the second one through a model that thinks longer: hard questions are for it. */
export const extendedThinking: Scenario = {
  ...twoAssistants,
  name: 'extended-thinking',
  about:
    'the caller hears the same from a second assistant whose model thinks longer and does not wait for its functions',
};
