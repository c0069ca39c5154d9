import { describe, expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { languageNode } from './language.ts';

const { example } = languageNode;
const press = (digits: string) => ({ type: 'digits', digits }) as const;

describe('language', () => {
  it.each([
    ['cs-CZ', press('1')],
    ['en-US', press('2')],
    ['en-US', { type: 'speech', text: 'English, please' } as const],
  ])('is %s after %j', (language, event) => {
    const { ended, state } = play(flowOf(example), [event]);
    expect([ended, state.language]).toEqual([language, language]);
  });

  it('asks again, then stays with the language of the call', () => {
    const { steps, ended, state } = play(flowOf(example), [press('9'), press('')]);
    expect(steps[1]?.instructions).toMatchObject([{ type: 'gather', input: 'both' }]);
    expect([ended, state.language]).toEqual(['otherwise', 'cs-CZ']);
  });

  it("is told by the country of the caller's number", () => {
    const choices = [
      { language: 'en-US', countries: ['US', 'GB'] },
      { language: 'cs-CZ', countries: ['CZ'] },
    ];
    const detect = flowOf({ type: 'language', method: 'detect', choices, edges: example.edges });
    const { ended, decision } = play(detect, [], { language: 'en-US' });
    expect(ended).toBe('cs-CZ');
    expect(decision).toMatchObject({ because: "the caller's number is from CZ", lost: [{ rule: 'en-US' }] });
    const abroad = flowOf({ type: 'language', method: 'detect', choices: choices.slice(0, 1), edges: example.edges });
    expect(play(abroad, []).ended).toBe('otherwise');
  });

  it('is set', () => {
    const choices = [{ language: 'en-US' }];
    const { state } = play(flowOf({ type: 'language', method: 'set', choices, edges: { 'en-US': 'x' } }), []);
    expect(state.language).toBe('en-US');
  });

  it('finds what is missing', () => {
    const choices = [{ language: 'cs-CZ', digit: '1' }, { language: 'de-DE' }];
    const { prompt: _prompt, ...silent } = example;
    expect(languageNode.check?.({ ...silent, choices }, { assistants: {} })).toHaveLength(2);
    expect(languageNode.check?.({ ...example, method: 'set' }, { assistants: {} })).toHaveLength(1);
  });
});
