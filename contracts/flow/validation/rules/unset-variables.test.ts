import { expect, it } from 'vitest';
import { flowOf } from '../../testing/play.ts';
import { validate } from '../../validate.ts';

type Assignments = { variable: string; value: string | { deep: string } }[];
const found = (assignments: Assignments) =>
  validate(
    flowOf(
      { type: 'set', assignments, edges: { next: '' } },
      { variables: { a: { type: 'text' }, b: { type: 'text' } } },
    ),
    {
      assistants: {},
      nowMs: 0,
    },
  )
    .filter(({ code }) => code === 'variable-never-set' || code === 'variable-maybe-unset')
    .map(({ code, at }) => [code, at]);

it.each<[what: string, assignments: Assignments, problems: string[][]]>([
  [
    'what it assigned earlier',
    [
      { variable: 'a', value: '1' },
      { variable: 'b', value: { deep: '{{ vars.a }}' } },
      { variable: 'a', value: '{{ vars.a }}{{ vars.b.deep }}' },
    ],
    [],
  ],
  [
    'what it assigns only later',
    [
      { variable: 'b', value: '{{ vars.a }}' },
      { variable: 'a', value: '1' },
      { variable: 'b', value: '{{ vars.a }}' },
    ],
    [['variable-never-set', '/nodes/it/assignments/0/value']],
  ],
  [
    'what it is about to assign',
    [{ variable: 'a', value: '{{ vars.a }}1' }],
    [['variable-never-set', '/nodes/it/assignments/0/value']],
  ],
])('a set node may read %s, or is told', (_, assignments, problems) => expect(found(assignments)).toEqual(problems));
