import { expect, test } from 'vitest';

import type { ModelScript } from '../scenarios/scenario.ts';
import { decide, type AsksToSpeak, type MindEvent } from './mind.ts';

const asked = (asksToSpeak: AsksToSpeak): MindEvent => ({ kind: 'text', text: 'go on', asksToSpeak });
const replyTo = (rules: ModelScript['rules'], event: MindEvent, instruction = '', known = ''): string | undefined =>
  decide({ rules }, [], event, { instruction, known }).rule?.reply?.[0];

test('replaced instructions have a rule of their own, and else that of the start', () => {
  const start = { on: { start: true }, reply: ['start'] } as const;
  const replaced = { on: { replaced: true, instruction: 'technic' }, reply: ['replaced'] } as const;
  expect(replyTo([replaced, start], asked('replaced'), 'Jsi technická podpora.')).toBe('replaced');
  expect(replyTo([replaced, start], asked('replaced'), 'Jsi fakturace.')).toBe('start');
  expect(replyTo([replaced, start], asked('start'), 'Jsi technická podpora.')).toBe('start');
  expect(replyTo([replaced], asked('seeded'), 'Jsi technická podpora.')).toBeUndefined();
});

test('the same phrase is answered by the instructions in force', () => {
  const rules = [
    { on: { heard: 'cs-caller-hello', instruction: 'technic' }, reply: ['technical'] },
    { on: { heard: 'cs-caller-hello' }, reply: ['general'] },
  ];
  const heard: MindEvent = { kind: 'heard', phraseIds: ['cs-caller-hello'] };
  expect(replyTo(rules, heard, 'Technická podpora')).toBe('technical');
  expect(replyTo(rules, heard, 'Recepce')).toBe('general');
});

test('an answer may hang on what was said before', () => {
  const rules = [
    { on: { heard: 'cs-caller-delivery-time', knows: '4711' }, reply: ['delivery-window'] },
    { on: { heard: 'cs-caller-delivery-time' }, reply: ['ask-order-number'] },
  ];
  const heard: MindEvent = { kind: 'heard', phraseIds: ['cs-caller-delivery-time'] };
  expect(replyTo(rules, heard, '', 'Objednávka 4711.')).toBe('delivery-window');
  expect(replyTo(rules, heard)).toBe('ask-order-number');
});

test('words that a rule names come before the wish to begin', () => {
  const rules = [
    { on: { start: true as const }, reply: ['start'] },
    { on: { text: 'GO' }, reply: ['text'] },
  ];
  expect(replyTo(rules, asked('start'))).toBe('text');
});
