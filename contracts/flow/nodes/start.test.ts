import { expect, it } from 'vitest';
import type { FlowNode } from '../document.ts';
import { play } from '../testing/play.ts';
import { flowOf } from '../testing/play.ts';

const begin = (start: FlowNode) => flowOf({ type: 'tag', tags: ['x'], edges: { next: 'x' } }, { nodes: { start } });

it('begins in a language that it names, and notes the one that it does not', () => {
  const document = begin({ type: 'start', languages: ['en-US'], edges: { next: 'it' } });
  const { state, steps } = play(document, []);
  expect(state.language).toBe('en-US');
  expect(steps[0]?.decisions[0]).toMatchObject({ notes: ['a call begins in en-US, not in cs-CZ'] });
});

it('notes a call of the other direction and goes on', () => {
  const { steps, ended } = play(begin({ type: 'start', direction: 'outbound', edges: { next: 'it' } }), []);
  expect(ended).toBe('next');
  expect(steps[0]?.decisions[0]?.notes).toEqual([expect.stringContaining('outbound')]);
});

it('keeps the caller out of the ledger', () => {
  const { steps } = play(begin({ type: 'start', edges: { next: 'it' } }), []);
  expect(steps[0]?.decisions[0]?.event).toMatchObject({ type: 'started', caller: { number: '•••', country: 'CZ' } });
});
