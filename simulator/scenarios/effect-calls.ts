import { commonRules, goodbyeRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** Calls whose flows ask and tell others beside the caller: a CRM, a phone that takes messages, a webhook. */
export const effectCalls: readonly Scenario[] = [
  {
    name: 'flow-crm',
    group: 'flow',
    about:
      'the caller is greeted by name, types the number of an order and hears when it comes; a text message and a notice follow',
    language: 'cs',
    caller: [{ waitForSpeech: true, plusMs: 2500 }, { dtmf: '4711#' }, { waitForHangUp: true }],
    model: { rules: [] },
    expect: {
      endedBy: 'flow',
      outcome: 'done',
      heard: ['cs-assistant-goodbye'],
      toolCalls: ['customer', 'order_status'],
      path: [
        'start next',
        'greet next',
        'number collected',
        'look-up ok',
        'which shipped',
        'told next',
        'text sent',
        'notice next',
        'mark next',
        'bye done',
      ],
      says: [
        'Dobrý den, Eva Dvořáková.',
        'Zadejte prosím číslo objednávky a stiskněte křížek.',
        'Objednávka 4 7 1 1 dorazí zítra mezi devátou a dvanáctou.',
        'Děkuji za zavolání a přeji hezký den. Na shledanou.',
      ],
      tags: ['order told'],
      notices: 1,
      historyEvents: 150,
    },
  },
  {
    name: 'flow-assistant',
    group: 'flow',
    about: 'the caller tells an assistant what he needs, and the flow goes on by what it has learnt',
    language: 'cs',
    caller: [{ waitForQuiet: 700 }, { say: 'cs-caller-invoice' }, { waitForHangUp: true }],
    model: {
      rules: [
        { on: { start: true }, reply: ['cs-assistant-greeting'] },
        {
          on: { heard: 'cs-caller-invoice' },
          reply: ['cs-assistant-checking'],
          toolCall: {
            name: 'leave_node',
            args: { outcome: 'papers', facts: [{ name: 'paper', value: 'faktura' }] },
          },
        },
        ...goodbyeRules('cs'),
        ...commonRules('cs'),
      ],
    },
    expect: {
      endedBy: 'flow',
      outcome: 'done',
      heardInFull: ['cs-assistant-checking'],
      understood: ['cs-caller-invoice'],
      path: ['start next', 'talk papers', 'which invoice', 'bye done'],
      says: ['Posíláme: faktura.'],
    },
  },
  {
    name: 'flow-slow-tool',
    group: 'flow',
    about: 'the caller is asked to wait for a slow tool, and hears its answer within a second of its coming',
    language: 'cs',
    caller: [{ waitForHangUp: true }],
    model: { rules: [] },
    expect: {
      endedBy: 'flow',
      outcome: 'done',
      toolCalls: ['order_status'],
      path: ['start next', 'look-up ok', 'bye done'],
      says: ['Okamžik, prosím.', 'Objednávka dorazí zítra mezi devátou a dvanáctou.'],
      historyEvents: 100,
    },
  },
];
