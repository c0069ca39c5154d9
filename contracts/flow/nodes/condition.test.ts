import { expect, it } from 'vitest';
import type { EventDetail } from '../state.ts';
import { flowOf, play } from '../testing/play.ts';
import { conditionNode } from './condition.ts';

const rich = flowOf(conditionNode.example);

it('takes the first rule that holds and says why', () => {
  const { ended, decision } = play(rich, []);
  expect(ended).toBe('vip');
  expect(decision?.because).toContain('contact.turnover (120000)');
  expect(decision?.known).toEqual({ 'contact.turnover': 120_000, 'caller.country': 'CZ' });
});

it('tells of the rules that lost', () => {
  const rules = [
    { outcome: 'poor', when: { variable: 'contact.turnover', operator: 'lessThan', value: 10 } },
    ...conditionNode.example.rules,
  ] as const;
  const document = flowOf({
    ...conditionNode.example,
    rules: [...rules],
    edges: { poor: 'x', vip: 'x', otherwise: 'x' },
  });
  expect(play(document, []).decision?.lost).toMatchObject([{ rule: 'poor' }]);
});

it('judges what an assistant returned', () => {
  const talk: EventDetail = { type: 'assistantLeft', outcome: 'ended', data: { mood: 'angry' } };
  const angry = { variable: 'vars.talk.mood', operator: 'equals', value: 'angry' } as const;
  const document = flowOf(
    { type: 'condition', rules: [{ outcome: 'calm-down', when: angry }], edges: { 'calm-down': 'x', otherwise: 'x' } },
    {
      nodes: {
        start: { type: 'start', edges: { next: 'helper' } },
        helper: { type: 'assistant', assistantId: 'a', result: 'talk', edges: { ended: 'it' } },
      },
    },
  );
  expect(play(document, [talk]).ended).toBe('calm-down');
});

it('masks what is sensitive in its reasons', () => {
  const when = { variable: 'vars.pin', operator: 'equals', value: '4711' } as const;
  const document = flowOf(
    { type: 'condition', rules: [{ outcome: 'right', when }], edges: { right: 'x', otherwise: 'x' } },
    { variables: { pin: { type: 'text', default: '4711', sensitive: true } } },
  );
  const { ended, decision } = play(document, []);
  expect(ended).toBe('right');
  expect(JSON.stringify(decision)).not.toContain('4711');
});

it('refuses a rule over what nobody knows', () => {
  const when = { variable: 'vars.nothing', operator: 'isTrue' } as const;
  const document = flowOf({ type: 'condition', rules: [{ outcome: 'a', when }], edges: { a: 'x' } });
  expect(() => play(document, [])).toThrow(/vars\.nothing/);
});
