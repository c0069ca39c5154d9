import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The caller types what nobody but the flow may know, and talks meanwhile. */
export const sensitiveDigits: Scenario = {
  name: 'sensitive-digits',
  group: 'conversation',
  about:
    'the caller of a recorded call types a number that the model never gets, talks beside it, and a tool works with it',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-hello' },
    { waitForSpeech: true, plusMs: 300 },
    { waitForQuiet: 900 },
    { say: 'cs-caller-order-status' },
    { pauseMs: 500 },
    { dtmf: '48151623421#' },
    { waitForSpeech: true, plusMs: 300 },
    { waitForQuiet: 2500 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      {
        on: { heard: 'cs-caller-hello' },
        reply: ['cs-assistant-ask-order-number'],
        toolCall: { name: 'collect_sensitive', args: { name: 'customer_number' } },
      },
      {
        on: { toolResult: 'collect_sensitive', when: { path: 'status', equals: 'ok' } },
        reply: ['cs-assistant-digits-received'],
        toolCall: { name: 'order_status', args: {} },
      },
      {
        on: { toolResult: 'order_status', when: { path: 'ok', equals: true } },
        reply: ['cs-assistant-order-on-the-way'],
      },
      // It must never hear it.
      { on: { heard: 'cs-caller-order-status' }, reply: ['cs-assistant-not-understood'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  expect: {
    toolCalls: ['collect_sensitive', 'order_status', 'end_call'],
    heardInFull: ['cs-assistant-digits-received', 'cs-assistant-order-on-the-way'],
    endedBy: 'assistant',
    understood: ['cs-caller-hello', 'cs-caller-goodbye'],
    // While he types, it is his turn.
    maxSilenceMs: 12_000,
    secret: { digits: '48151623421', phraseId: 'cs-caller-order-status' },
    recordings: [{ kind: 'call', holds: ['cs-caller-hello', 'cs-caller-goodbye'], lacks: ['cs-caller-order-status'] }],
  },
};
