import { describe, expect, it } from 'vitest';
import { flowOf, play } from '../../testing/play.ts';
import type { FlowDocument, FlowNode } from '../../document.ts';
import { validate } from '../../validate.ts';

const set = (assignments: { variable: string; value: string }[]): FlowNode => ({
  type: 'set',
  assignments,
  edges: { next: '' },
});
const pin = { type: 'text', default: '4711', sensitive: true } as const;
const copied = (document: FlowDocument, flows = {}) =>
  validate(document, { assistants: {}, flows, nowMs: 0 })
    .filter(({ code }) => code === 'sensitive-copied')
    .map(({ at, message, fix }) => [at, message.en, fix]);

describe('what is made of a sensitive variable', () => {
  it('must be declared so, whole, in a text, or by way of another one', () => {
    const document = flowOf(
      set([
        { variable: 'a', value: '{{ vars.pin }}' },
        { variable: 'b', value: 'PIN {{ vars.a | upcase }}' },
        { variable: 'c', value: '{{ call.id }}' },
      ]),
      { variables: { pin, b: { type: 'text' } } },
    );
    expect(copied(document)).toEqual([
      [
        '/nodes/it/assignments/0',
        'vars.a is made of vars.pin, which is sensitive: declare it sensitive as well',
        [{ op: 'add', path: '/variables/a', value: { type: 'json', sensitive: true } }],
      ],
      [
        '/nodes/it/assignments/1',
        'vars.b is made of vars.a, which is sensitive: declare it sensitive as well',
        [{ op: 'add', path: '/variables/b/sensitive', value: true }],
      ],
    ]);
  });

  it('then stands masked in the ledger', () => {
    const document = flowOf(set([{ variable: 'a', value: '{{ vars.pin }}' }]), {
      variables: { pin, a: { type: 'text', sensitive: true } },
    });
    expect(copied(document)).toEqual([]);
    const { steps, state } = play(document, []);
    expect(JSON.stringify(steps.map(({ decisions }) => decisions))).not.toContain('4711');
    expect(state.vars['a']).toBe('4711');
  });

  it('is sensitive in a subflow as well', () => {
    const inner = (variables: FlowDocument['variables']) => ({
      inner: { liveVersion: 1, versions: { 1: { ...flowOf({ type: 'return', name: 'done' }), variables } } },
    });
    const outer = flowOf(
      { type: 'subflow', flowId: 'inner', inputs: { code: '{{ vars.pin }}', day: 'Monday' }, edges: { done: '' } },
      { variables: { pin } },
    );
    const open = { code: { type: 'text' }, day: { type: 'text' } } as const;
    expect(copied(outer, inner(open))).toEqual([
      ['/nodes/it/inputs/code', 'vars.pin is sensitive, and the subflow does not call its variable code so', undefined],
    ]);
    expect(copied(outer, inner({ ...open, code: { type: 'text', sensitive: true } }))).toEqual([]);
  });
});
