import type { SpokenLanguage } from '../speech/phrase-book.ts';
import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** The demo call: greeting, an order looked up by a tool, a long answer that the caller interrupts, a goodbye. */
export function demo(language: SpokenLanguage): Scenario {
  const says = (name: string): string => `${language}-assistant-${name}`;
  const hears = (name: string): string => `${language}-caller-${name}`;
  return {
    name: `demo-${language}`,
    group: 'conversation',
    about:
      'the caller hears of his order, which a tool looks up, a long answer that stops when he speaks, and a goodbye',
    language,
    caller: [
      { waitForQuiet: 700 },
      { say: hears('hello') },
      { waitForQuiet: 700 },
      { say: hears('order-status') },
      { waitForSpeech: true, plusMs: 500 },
      { waitForQuiet: 2500 },
      { say: hears('returns') },
      { waitForSpeech: true, plusMs: 2500 },
      { say: hears('wait-delivery') },
      { waitForQuiet: 900 },
      { say: hears('goodbye') },
      { waitForHangUp: true },
    ],
    model: {
      rules: [
        { on: { start: true }, reply: [says('greeting')] },
        { on: { heard: hears('hello') }, reply: [says('how-can-i-help')] },
        {
          on: { heard: hears('order-status') },
          reply: [says('checking')],
          toolCall: { name: 'order_status', args: { order_number: '4711' } },
        },
        {
          on: { toolResult: 'order_status', when: { path: 'ok', equals: false } },
          reply: [says('order-failed')],
        },
        { on: { toolResult: 'order_status' }, reply: [says('order-on-the-way'), says('anything-else')] },
        { on: { heard: hears('returns') }, reply: [says('returns')] },
        { on: { heard: [hears('wait-delivery'), hears('delivery-time')] }, reply: [says('delivery-window')] },
        { on: { heard: hears('opening-hours') }, reply: [says('opening-hours')] },
        { on: { heard: hears('invoice') }, reply: [says('invoice')] },
        ...goodbyeRules(language),
        ...commonRules(language),
      ],
      restText:
        language === 'cs'
          ? 'Volající se ptal na objednávku 4711 a na doručení. Objednávka dorazí zítra mezi desátou a dvanáctou.'
          : 'The caller asked about order 4711 and its delivery. It arrives tomorrow between ten and twelve.',
    },
    expect: {
      toolCalls: ['order_status', 'end_call'],
      heardInPart: [says('returns')],
      endedBy: 'assistant',
      understood: [hears('hello'), hears('order-status'), hears('returns'), hears('wait-delivery'), hears('goodbye')],
    },
  };
}
