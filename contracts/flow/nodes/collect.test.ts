import { describe, expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { collectNode } from './collect.ts';

const { confirm: _confirm, ...plain } = collectNode.example;
const collect = (changes: Partial<(typeof collectNode)['example']> = {}) => flowOf({ ...plain, ...changes });
const press = (digits: string) => ({ type: 'digits', digits }) as const;

describe('collect', () => {
  it('keeps what was typed', () => {
    const { ended, state } = play(collect(), [press('4711')]);
    expect([ended, state.vars]).toEqual(['collected', { order: '4711' }]);
  });

  it('asks again for too few digits, and tells of silence and of wrong input apart', () => {
    const { steps, ended } = play(collect(), [press('1'), press(''), press('2')]);
    expect(steps.slice(1, 3).map(({ decisions }) => decisions[0]?.outcome)).toEqual(['invalid', 'noInput']);
    expect(ended).toBe('invalid');
  });

  it('takes only what matches the pattern', () => {
    const document = collect({ pattern: '^47', tries: 1 });
    expect(play(document, [press('4711')]).ended).toBe('collected');
    expect(play(document, [press('1147')])).toMatchObject({
      ended: 'invalid',
      decision: { because: 'it does not match the pattern; try 1 of 1' },
    });
  });

  it('reads back what was typed, and asks anew where the caller does not agree', () => {
    const document = flowOf(collectNode.example);
    const { steps, ended, state } = play(document, [press('4711'), press('2'), press('4712'), press('1')]);
    expect(steps[1]?.instructions[0]).toMatchObject({
      prompts: [{ speech: { text: 'Zadali jste 4 7 1 1. Souhlasí-li to, stiskněte 1.' } }],
    });
    expect(steps[2]?.state.vars).toEqual({});
    expect([ended, state.vars]).toEqual(['collected', { order: '4712' }]);
  });

  it('takes words where it asks for them, and digits not', () => {
    const document = collect({ input: 'speech', tries: 1 });
    expect(play(document, [{ type: 'speech', text: 'Novák' }]).state.vars).toEqual({ order: 'Novák' });
    expect(play(document, [press('4711')]).ended).toBe('invalid');
  });

  it.each([
    ['the node', collect({ sensitive: true })],
    ['the variable', { ...collect(), variables: { order: { type: 'text', sensitive: true } } } as const],
  ])('keeps what is typed out of the ledger where %s is sensitive', (_which, document) => {
    const { steps, state } = play(document, [press('4711')]);
    expect(state.vars).toEqual({ order: '4711' });
    expect(JSON.stringify(steps.map(({ decisions }) => decisions))).not.toContain('4711');
    expect(steps[1]?.decisions[0]?.event).toEqual({ type: 'digits', digits: '••••' });
  });

  it('finds bounds and patterns that cannot be', () => {
    const problems = collectNode.check?.({ ...plain, minDigits: 9, pattern: '(' }, { assistants: {} });
    expect(problems).toMatchObject([{ message: { en: 'minDigits is greater than maxDigits' } }, { severity: 'error' }]);
  });
});
