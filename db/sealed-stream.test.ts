import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openStream, pieceBytes, sealStream } from './sealed-stream.ts';

const key = randomBytes(32);

async function* inParts(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function all(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return buffer(content);
}

const sealed = (content: Buffer): Promise<Buffer> => all(sealStream(inParts(content, 10_000), key));
const opened = (content: Buffer, size = 7_000): Promise<Buffer> => all(openStream(inParts(content, size), key));

test.each([0, 1, pieceBytes - 1, pieceBytes, pieceBytes + 1, 3 * pieceBytes + 5])(
  'a content of %i bytes opens as it was, in whatever parts it comes',
  async (length) => {
    const content = randomBytes(length);
    const kept = await sealed(content);
    for (const size of [1_000, 65_552, 1_000_000]) expect((await opened(kept, size)).equals(content)).toBe(true);
  },
);

test('nothing of a content can be read in what is kept', async () => {
  expect((await sealed(Buffer.from('what a caller said '.repeat(9_000)))).includes('caller')).toBe(false);
});

test('the same content under the same key never looks the same', async () => {
  const content = randomBytes(200);
  expect((await sealed(content)).equals(await sealed(content))).toBe(false);
});

test('what was changed, cut, swapped or sealed by another key does not open', async () => {
  const content = randomBytes(2 * pieceBytes + 100);
  const kept = await sealed(content);
  const size = pieceBytes + 16;
  const [salt, one, two, last] = [
    kept.subarray(0, 16),
    kept.subarray(16, 16 + size),
    kept.subarray(16 + size, 16 + 2 * size),
    kept.subarray(16 + 2 * size),
  ];
  const changed = Buffer.from(kept);
  changed[size] = (changed[size] ?? 0) ^ 1;
  const wrong = [
    changed,
    kept.subarray(0, -1),
    Buffer.concat([salt, one, two]),
    Buffer.concat([salt, two, one, last]),
    Buffer.concat([salt, one, last]),
    Buffer.concat([salt, one, two, last, last]),
    Buffer.concat([randomBytes(16), one, two, last]),
    salt,
    Buffer.alloc(0),
  ];
  for (const bad of wrong) await expect(opened(bad)).rejects.toMatchObject({ code: 'secret-unreadable' });
  await expect(all(openStream(inParts(kept, 9_000), randomBytes(32)))).rejects.toMatchObject({
    code: 'secret-unreadable',
  });
});
