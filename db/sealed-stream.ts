/**
 * Large content sealed piece by piece, so that it is read and written in bounded memory and nothing is given out that was
 * not verified: AES-256-GCM over pieces of 64 kB, each with its tag.
 *
 * 1. Each writing seals by a key of its own, derived from the given one and a random salt that stands at the head: what is
 *    written again never meets the same nonce. The nonce of a piece is its number and whether it is the last.
 * 2. Pieces that are changed, missing, repeated or in another order, and a content that is cut short, do not open.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../contracts/errors.ts';

export const pieceBytes = 64 * 1024;
const tagBytes = 16;
const saltBytes = 16;

/** `key`: 32 bytes. */
export async function* sealStream(content: AsyncIterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes);
  const own = derived(key, salt);
  yield salt;
  for await (const { piece, nonce } of pieces(content, pieceBytes)) {
    const cipher = createCipheriv('aes-256-gcm', own, nonce);
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Fails with `secret-unreadable` at the first piece that is not as it was sealed. */
export async function* openStream(sealed: AsyncIterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Buffer> {
  const { head, rest } = await headOf(sealed, saltBytes);
  const own = derived(key, head);
  for await (const { piece, nonce } of pieces(rest, pieceBytes + tagBytes)) yield openPiece(piece, nonce, own);
}

function derived(key: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, 'sealed-stream', 32));
}

/** The first bytes of a content, and what follows them. */
async function headOf(
  content: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ head: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const parts = content[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  while (read.length < length) {
    const { done, value } = await parts.next();
    if (done) break;
    read = Buffer.concat([read, value]);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield read.subarray(length);
    yield* { [Symbol.asyncIterator]: () => parts };
  }
  return { head: read.subarray(0, length), rest: rest() };
}

function openPiece(piece: Buffer, nonce: Buffer, key: Uint8Array): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(piece.subarray(-tagBytes));
    return Buffer.concat([decipher.update(piece.subarray(0, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new AppError('secret-unreadable', 'a sealed content was changed, cut or sealed by another key', { cause });
  }
}

interface Piece {
  piece: Buffer;
  nonce: Buffer;
}

/** The content in pieces of `size` bytes, the last one shorter; an empty content is one empty piece. */
async function* pieces(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Piece> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let count = 0;
  for await (const bytes of content) {
    waiting.push(bytes);
    length += bytes.length;
    if (length <= size) continue;
    let rest = Buffer.concat(waiting);
    for (; rest.length > size; rest = rest.subarray(size))
      yield { piece: rest.subarray(0, size), nonce: nonceOf(count++, false) };
    waiting = [rest];
    length = rest.length;
  }
  yield { piece: Buffer.concat(waiting), nonce: nonceOf(count, true) };
}

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(count, 4);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}
