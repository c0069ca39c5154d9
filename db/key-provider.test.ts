import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileKeyProvider, decrypt, encrypt, platformKey, rotateFileKey } from './key-provider.ts';

let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchboard-keys-'));
  path = join(dir, 'inner', 'keys.json');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Test case 15 and 16 of the GCM specification's submission (McGrew, Viega), AES-256. */
const vector = {
  key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
  nonce: 'cafebabefacedbaddecaf888',
  plaintext:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  ciphertext:
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
  tag: '76fc6ece0f4e1768cddf8853bb2d551b',
};
const hex = (text: string) => Buffer.from(text, 'hex');

test('encrypts as the published AES-256-GCM vector says, and back', () => {
  const sealed = encrypt(hex(vector.key), hex(vector.plaintext), hex(vector.aad), hex(vector.nonce));
  expect(sealed.toString('hex')).toBe(vector.nonce + vector.ciphertext + vector.tag);
  expect(decrypt(hex(vector.key), sealed, hex(vector.aad)).toString('hex')).toBe(vector.plaintext);
});

test('refuses a value with one changed bit anywhere', () => {
  const sealed = encrypt(hex(vector.key), Buffer.from('secret'), Buffer.from('a'));
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
    expect(() => decrypt(hex(vector.key), changed, Buffer.from('a'))).toThrow(
      expect.objectContaining({ code: 'secret-unreadable' }),
    );
  }
  expect(() => decrypt(hex(vector.key), sealed.subarray(0, 20), Buffer.from('a'))).toThrow(
    expect.objectContaining({ code: 'secret-unreadable' }),
  );
});

test('makes the key file at the first use, for its owner alone', async () => {
  await createFileKeyProvider(path).currentKeyId();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(dir, 'inner'))).toEqual(['keys.json']);
});

test('processes that start at once agree on the keys', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => platformKey(createFileKeyProvider(path))));
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
});

test('the platform key has 32 bytes and outlives a rotation', async () => {
  const before = await platformKey(createFileKeyProvider(path));
  await rotateFileKey(path);
  const provider = createFileKeyProvider(path);
  expect(before).toHaveLength(32);
  expect(await platformKey(provider)).toEqual(before);
  expect(await provider.derive('something-else')).not.toEqual(before);
});

test('a running process reads keys that another one has added', async () => {
  const old = createFileKeyProvider(path);
  await old.currentKeyId();
  const newId = await rotateFileKey(path);
  const wrapped = await createFileKeyProvider(path).wrap(Buffer.alloc(32, 7));
  expect(wrapped.keyId).toBe(newId);
  expect(await old.unwrap(wrapped)).toEqual(Buffer.alloc(32, 7));
});

test('a wrapped key does not pass for one of another key', async () => {
  const provider = createFileKeyProvider(path);
  const first = await provider.wrap(Buffer.alloc(32, 7));
  const keyId = await rotateFileKey(path);
  await expect(createFileKeyProvider(path).unwrap({ ...first, keyId })).rejects.toMatchObject({
    code: 'secret-unreadable',
  });
});

test('a damaged key file is refused and left as it is', async () => {
  await createFileKeyProvider(path).currentKeyId();
  for (const text of ['', '{}', '{"current":"a","keys":{"a":"c2hvcnQ="},"root":""}']) {
    await writeFile(path, text);
    await expect(createFileKeyProvider(path).currentKeyId()).rejects.toMatchObject({ code: 'secret-unreadable' });
    expect(await readFile(path, 'utf8')).toBe(text);
  }
});
