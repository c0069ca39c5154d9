import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from '../tools.ts';
import { cutTo, jsonBytes } from './bounds.ts';

const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
  .map((value): Json => JSON.parse(JSON.stringify(value)));

it('never counts fewer bytes than the JSON has, but for control characters and escaped halves', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(jsonBytes(value)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(value)) - 1);
    }),
  );
});

it('cuts to the bound and leaves what fits as it is', () => {
  fc.assert(
    fc.property(json, fc.integer({ min: 5, max: 200 }), (value, maxBytes) => {
      const cut = cutTo(value, maxBytes);
      expect(jsonBytes(value) > maxBytes || isDeepStrictEqual(cut, value)).toBe(true);
      // Numbers are never split, and none is longer than this.
      expect(jsonBytes(cut)).toBeLessThanOrEqual(Math.max(maxBytes, 25));
    }),
  );
});

it('keeps what just fits, whatever its name', () => {
  const named: Json = JSON.parse('{"__proto__":"xx"}');
  for (const value of [{ '': 0 }, { a: [] }, named]) expect(cutTo(value, jsonBytes(value))).toEqual(value);
  expect(Object.keys(cutTo(named, 100) ?? {})).toEqual(['__proto__']);
});

it('does not split a character', () => {
  expect(cutTo('🙂🙂🙂', 13)).toBe('🙂');
});
