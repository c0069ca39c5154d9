import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFileKeyProvider, rotateFileKey, type KeyProvider } from './key-provider.ts';
import { createSealer } from './sealing.ts';

let dir = '';
const keyFile = (): string => join(dir, 'keys.json');
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchboard-sealing-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const owner = { tenantId: 'acme', record: 'provider_credentials/twilio' };

/** Counts what a key service would be asked. */
function counting(provider: KeyProvider) {
  const calls = { wrap: 0, unwrap: 0 };
  const counted: KeyProvider = {
    ...provider,
    wrap: (key) => (calls.wrap++, provider.wrap(key)),
    unwrap: (wrapped) => (calls.unwrap++, provider.unwrap(wrapped)),
  };
  return { calls, counted };
}

test('opens what it sealed, in another process as well', async () => {
  const sealed = await createSealer(createFileKeyProvider(keyFile())).seal('tajné heslo ✓', owner);
  expect(sealed).not.toContain('heslo');
  expect(await createSealer(createFileKeyProvider(keyFile())).open(sealed, owner)).toBe('tajné heslo ✓');
});

test('a value moved to another tenant or another record stays shut', async () => {
  const sealer = createSealer(createFileKeyProvider(keyFile()));
  const sealed = await sealer.seal('secret', owner);
  for (const elsewhere of [
    { ...owner, tenantId: 'other' },
    { ...owner, record: 'provider_credentials/gemini' },
    { tenantId: 'acm', record: `e:${owner.record}` },
  ]) {
    await expect(sealer.open(sealed, elsewhere)).rejects.toMatchObject({ code: 'secret-unreadable' });
  }
});

test('a changed, cut or foreign text is refused as unreadable', async () => {
  const sealer = createSealer(createFileKeyProvider(keyFile()));
  const [version, keyId, wrapped, body] = (await sealer.seal('secret', owner)).split('.');
  const other = (await sealer.seal('another', { ...owner, tenantId: 'other' })).split('.');
  for (const broken of [
    '',
    'secret',
    `v2.${keyId}.${wrapped}.${body}`,
    `${version}.kunknown.${wrapped}.${body}`,
    `${version}.${keyId}.${other[2]}.${body}`,
    `${version}.${keyId}.${wrapped}.${other[3]}`,
    `${version}.${keyId}.${wrapped}.${body?.slice(0, -2)}`,
  ]) {
    await expect(sealer.open(broken, owner)).rejects.toMatchObject({ code: 'secret-unreadable' });
  }
});

test('the same secret never reads alike twice', async () => {
  const sealer = createSealer(createFileKeyProvider(keyFile()));
  expect(await sealer.seal('secret', owner)).not.toBe(await sealer.seal('secret', owner));
});

test('one data key serves a tenant, never two', async () => {
  const { calls, counted } = counting(createFileKeyProvider(keyFile()));
  const sealer = createSealer(counted);
  const sealed = await Promise.all(Array.from({ length: 20 }, (_, i) => sealer.seal(`secret ${i}`, owner)));
  expect(calls.wrap).toBe(1);
  await sealer.seal('secret', { ...owner, tenantId: 'other' });
  expect(calls.wrap).toBe(2);
  for (const text of sealed) await sealer.open(text, owner);
  expect(calls.unwrap).toBe(1);
});

test('rotation re-wraps the key and leaves the ciphertext; the old key is then not needed', async () => {
  const before = createSealer(createFileKeyProvider(keyFile()));
  const sealed = await before.seal('secret', owner);
  expect(await before.rewrap(sealed)).toBe(sealed);
  const newKeyId = await rotateFileKey(keyFile());
  const provider = createFileKeyProvider(keyFile());
  const rewrapped = await createSealer(provider).rewrap(sealed);
  expect(rewrapped.split('.')[1]).toBe(newKeyId);
  expect(rewrapped.split('.')[3]).toBe(sealed.split('.')[3]);
  const newKeyOnly: KeyProvider = {
    ...provider,
    unwrap: (wrapped) =>
      wrapped.keyId === newKeyId ? provider.unwrap(wrapped) : Promise.reject(new Error('the old key was asked for')),
  };
  expect(await createSealer(newKeyOnly).open(rewrapped, owner)).toBe('secret');
});

test('a key service that failed once is asked again', async () => {
  const provider = createFileKeyProvider(keyFile());
  let failures = 1;
  const flaky: KeyProvider = {
    ...provider,
    wrap: (key) => (failures-- > 0 ? Promise.reject(new Error('away')) : provider.wrap(key)),
  };
  const sealer = createSealer(flaky);
  await expect(sealer.seal('secret', owner)).rejects.toThrow('away');
  expect(await sealer.open(await sealer.seal('secret', owner), owner)).toBe('secret');
});
