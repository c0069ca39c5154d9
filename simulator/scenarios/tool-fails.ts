import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The tool is broken; the assistant says so and goes on. */
export const toolFails: Scenario = {
  name: 'tool-fails',
  group: 'tools',
  about: 'the caller hears an apology: the tool answers with a failure',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-order-status' },
    { waitForSpeech: true, plusMs: 500 },
    { waitForQuiet: 2500 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      {
        on: { heard: 'cs-caller-order-status' },
        reply: ['cs-assistant-checking'],
        toolCall: { name: 'order_status', args: { order_number: '0000' } },
      },
      { on: { toolResult: 'order_status' }, reply: ['cs-assistant-order-failed', 'cs-assistant-anything-else'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: { toolCalls: ['order_status', 'end_call'], endedBy: 'assistant' },
};
