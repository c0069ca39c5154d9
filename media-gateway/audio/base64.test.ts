import { assert, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';

function decoded(text: string, room = 100): number[] | undefined {
  const target = new Uint8Array(room);
  const length = decodeBase64(Buffer.from(`"${text}"`), 1, text.length + 1, target);
  return length === undefined ? undefined : [...target.subarray(0, length)];
}

it('decodes what the platform encodes', () => {
  assert(
    property(uint8Array({ maxLength: 100 }), (bytes) => {
      expect(decoded(Buffer.from(bytes).toString('base64'))).toEqual([...bytes]);
    }),
  );
});

it('fills its room to the last byte and takes no more', () => {
  expect(decoded('AQID', 3)).toEqual([1, 2, 3]);
  expect(decoded('AQI=', 2)).toEqual([1, 2]);
  expect(decoded('AQID', 2)).toBeUndefined();
});

it.each(['AQI', 'AQ-_', 'A=ID', 'AQ D', '===='])('refuses %s', (text) => {
  expect(decoded(text)).toBeUndefined();
});
