/** What models of several scenarios answer in the same way. */
import type { SpokenLanguage } from '../speech/phrase-book.ts';
import type { ModelRule } from './scenario.ts';

/** What every assistant of these scenarios does when the line was lost or the caller cannot be understood. */
export function commonRules(language: SpokenLanguage): ModelRule[] {
  return [
    { on: { resumed: true }, reply: [`${language}-assistant-reconnected`] },
    { on: { seeded: true }, reply: [`${language}-assistant-reconnected`] },
    { on: { heard: [`${language}-caller-are-you-there`] }, reply: [`${language}-assistant-how-can-i-help`] },
    { on: { notUnderstood: true }, reply: [`${language}-assistant-not-understood`] },
  ];
}

/** Looks an order up where the caller asks for it. */
export function orderRules(language: SpokenLanguage): ModelRule[] {
  return [
    {
      on: { heard: `${language}-caller-order-status` },
      reply: [`${language}-assistant-checking`],
      toolCall: { name: 'order_status', args: { order_number: '4711' } },
    },
    { on: { toolResult: 'order_status' }, reply: [`${language}-assistant-order-on-the-way`] },
  ];
}

/** Leaves its node for a person where the caller asks for one. */
export function personRule(language: SpokenLanguage): ModelRule {
  return {
    on: { heard: `${language}-caller-human` },
    reply: [`${language}-assistant-human`],
    toolCall: { name: 'leave_node', args: { outcome: 'wantsHuman' } },
  };
}

/** The end of a conversation: says goodbye, then ends the call in whichever way the session offers. */
export function goodbyeRules(language: SpokenLanguage): ModelRule[] {
  return [
    {
      on: { heard: [`${language}-caller-goodbye`, `${language}-caller-thanks`] },
      reply: [`${language}-assistant-goodbye`],
      toolCall: [
        { name: 'end_call', args: { reason: 'caller said goodbye' } },
        { name: 'leave_node', args: { outcome: 'done' } },
      ],
    },
  ];
}
