import { expect, it } from 'vitest';
import type { FlowDocument } from '../../document.ts';
import { flowOf } from '../../testing/play.ts';
import { validate } from '../../validate.ts';

type Assignments = Extract<FlowDocument['nodes'][string], { type: 'set' }>['assignments'];
const found = (variables: FlowDocument['variables'], assignments: Assignments = [{ variable: 'other', value: 1 }]) =>
  validate(flowOf({ type: 'set', assignments, edges: { next: '' } }, { variables }), { assistants: {}, nowMs: 0 })
    .filter(({ code }) => code === 'bad-value')
    .map(({ at, message }) => [at, message.en]);

it.each<
  [
    type: NonNullable<FlowDocument['variables']>[string]['type'],
    good: Assignments[number]['value'][],
    bad: Assignments[number]['value'][],
  ]
>([
  [
    'phone',
    ['+420222999888', '00420 222 999 888', '', '{{ caller.number }}'],
    ['perhaps', '222999888', 222_999_888, null],
  ],
  ['number', [1, '1.5', '{{ contact.turnover }}'], ['one', '', null]],
  ['boolean', [true, 'false'], ['yes', 1]],
  ['time', ['2026-12-24T08:00:00+01:00', '{{ call.now }}'], ['2026-12-24', 'noon']],
  ['list', [[1]], ['1, 2', { a: 1 }]],
  ['text', ['one', 1], [[1], { a: 1 }]],
  ['json', [{ a: 1 }, null], []],
])('a variable of the type %s takes what fits it, as a default and from a set node', (type, good, bad) => {
  for (const value of good) {
    expect(found({ it: { type } }, [{ variable: 'it', value }])).toEqual([]);
    expect(found({ it: { type, default: value } })).toEqual([]);
  }
  for (const value of bad)
    expect(found({ it: { type } }, [{ variable: 'it', value }])).toMatchObject([['/nodes/it/assignments/0/value', {}]]);
  // As a default, null says that there is none.
  for (const value of bad.filter((each) => each !== null))
    expect(found({ it: { type, default: value } })).toMatchObject([['/variables/it/default', {}]]);
});

it('says what is wrong, and nothing of what is sensitive', () => {
  expect(found({ desk: { type: 'phone' } }, [{ variable: 'desk', value: 'front desk' }])).toEqual([
    [
      '/nodes/it/assignments/0/value',
      'vars.desk is of the type phone, and "front desk" is not a telephone number, such as +420123456789',
    ],
  ]);
  expect(found({ pin: { type: 'number', sensitive: true, default: 'secret' } })).toEqual([
    ['/variables/pin/default', 'vars.pin is of the type number, and this is not a number'],
  ]);
});

it('has no word on what nobody declared', () => {
  expect(found({}, [{ variable: 'free', value: 'perhaps' }])).toEqual([]);
});
