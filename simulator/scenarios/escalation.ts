import { commonRules, goodbyeRules, personRule } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The caller says a word that the assistant's routing rules name. */
export const escalation: Scenario = {
  name: 'escalation',
  group: 'conversation',
  about:
    'the caller complains by a word that the rules name, and hears what the flow does then instead of the assistant',
  language: 'cs',
  caller: [{ waitForQuiet: 700 }, { say: 'cs-caller-complaint' }, { waitForHangUp: true, timeoutMs: 30_000 }],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: ['cs-caller-complaint', 'cs-caller-lawyer'] }, reply: ['cs-assistant-complaint'], delayMs: 900 },
      personRule('cs'),
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: { toolCalls: [], endedBy: 'flow', understood: ['cs-caller-complaint'] },
};
