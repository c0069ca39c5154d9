import { expect, it } from 'vitest';
import { asType } from './typed-value.ts';

it.each([
  ['number', '42', 42],
  ['number', ' ', undefined],
  ['number', 'soon', undefined],
  ['number', [1], undefined],
  ['boolean', 'true', true],
  ['boolean', false, false],
  ['boolean', 1, undefined],
  ['text', 42, '42'],
  ['text', { a: 1 }, undefined],
  ['text', null, undefined],
  ['phone', '+420777123456', '+420777123456'],
  ['time', '2026-11-27T18:00:00+01:00', '2026-11-27T18:00:00+01:00'],
  ['time', 'tomorrow', undefined],
  ['list', [1, 'a'], [1, 'a']],
  ['list', 'a', undefined],
  ['json', { a: [1] }, { a: [1] }],
  ['json', null, null],
] as const)('as %s, %j is %j', (type, value, expected) => {
  expect(asType(value, type)).toEqual(expected);
});
