import { describe, expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { menuNode } from './menu.ts';

const menu = flowOf(menuNode.example);
const press = (digits: string) => ({ type: 'digits', digits }) as const;
const say = (text: string) => ({ type: 'speech', text }) as const;

describe('menu', () => {
  it('asks for a key or words, and tells the carrier what may be said', () => {
    expect(play(menu, []).last.instructions).toMatchObject([
      { type: 'gather', input: 'both', maxDigits: 1, speech: { language: 'cs-CZ', hints: ['objednávka'] } },
    ]);
  });

  it('goes where the key leads, and tells why the others lost', () => {
    const { ended, decision } = play(menu, [press('2')]);
    expect(ended).toBe('complaints');
    expect(decision).toMatchObject({
      because: 'the caller pressed 2',
      lost: [{ rule: 'orders', because: 'its key is 1' }],
    });
  });

  it.each([
    ['cs-CZ', 'Chtěl bych OBJEDNAVKA prosím', 'orders'],
    ['en-US', 'where is my order?', 'orders'],
  ])('understands %s: %s', (language, text, outcome) => {
    expect(play(menu, [say(text)], { language }).ended).toBe(outcome);
  });

  it('asks again with its own words for silence and for what it does not have, then gives up', () => {
    const { steps, ended, decision } = play(menu, [press(''), press('7'), say('něco jiného')]);
    const before = steps.map(({ instructions: [first] }) => (first?.type === 'gather' ? first.prompts.length : 0));
    expect(before).toEqual([1, 2, 2, 0]);
    expect(steps[1]?.decisions).toMatchObject([
      { rule: 'waits', outcome: 'noInput', because: 'nothing came; try 1 of 3' },
    ]);
    expect([ended, decision?.because]).toEqual(['noMatch', 'no option answers to what was said; try 3 of 3']);
  });

  it('does not guess between two options', () => {
    const options = ['one', 'two'].map((outcome) => ({ outcome, words: { 'cs-CZ': ['účet'] } }));
    const unclear = flowOf({ ...menuNode.example, options, tries: 1, edges: { one: 'x', two: 'x', noMatch: 'x' } });
    expect(play(unclear, [say('můj účet')])).toMatchObject({
      ended: 'noMatch',
      decision: { because: expect.stringContaining('one or two') },
    });
  });

  it('finds names and options that contradict each other', () => {
    const options = [{ outcome: 'a', digit: '1' }, { outcome: 'a', digit: '1' }, { outcome: 'noInput' }];
    const messages = menuNode
      .check?.({ ...menuNode.example, options }, { assistants: {} })
      .map(({ message }) => message.en);
    expect(messages).toEqual([
      'two options are called a',
      'the option noInput has neither a key nor words',
      'no option may be called noInput',
    ]);
  });
});
