import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import type { setNode } from './set.ts';

const set = (assignments: (typeof setNode)['example']['assignments'], variables = {}) =>
  flowOf({ type: 'set', assignments, edges: { next: 'x' } }, { variables });

it('sets one after the other, text from templates and other values with their own type', () => {
  const assignments = [
    { variable: 'who', value: 'paní {{ contact.name }}' },
    { variable: 'turnover', value: '{{ contact.turnover }}' },
    { variable: 'all', value: { greeting: 'Dobrý den, {{ vars.who }}', list: [1, true, null] } },
  ];
  expect(play(set(assignments), []).state.vars).toEqual({
    who: 'paní Jana',
    turnover: 120_000,
    all: { greeting: 'Dobrý den, paní Jana', list: [1, true, null] },
  });
});

it('keeps to the declared type, and leaves a variable as it was where the value does not fit', () => {
  const assignments = [
    { variable: 'count', value: '{{ contact.turnover }}' },
    { variable: 'flag', value: 'perhaps' },
  ];
  const variables = { count: { type: 'number' }, flag: { type: 'boolean', default: false } };
  const { state, decision } = play(set(assignments, variables), []);
  expect(state.vars).toEqual({ count: 120_000, flag: false });
  expect(decision?.notes).toEqual(['the value for "flag" is no boolean: it was left as it was']);
});

it('cuts what the state of a call has no room for, and says so', () => {
  const { state, decision } = play(set([{ variable: 'long', value: 'ž'.repeat(9000) }]), []);
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(32_000);
  expect(decision?.notes).toEqual([expect.stringMatching(/"long" was cut from 18002 to/)]);
});
