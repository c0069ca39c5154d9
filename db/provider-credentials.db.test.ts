import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createFileKeyProvider } from './key-provider.ts';
import { createLookups } from './lookups.ts';
import { createCredentialStore, type CredentialStore } from './provider-credentials.ts';
import { createSealer } from './sealing.ts';

let fixture: TestDatabase;
let dir = '';
const keyFile = (): string => join(dir, 'keys.json');
const store = (): CredentialStore =>
  createCredentialStore({ database: fixture.database, sealer: createSealer(createFileKeyProvider(keyFile())) });
beforeAll(async () => {
  fixture = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'switchboard-credentials-'));
  await addTenants(fixture.database);
});
afterAll(async () => {
  await fixture.close();
  await rm(dir, { recursive: true, force: true });
});

const twilio = (tenantId: string, accountId = 'AC1') => ({
  tenantId,
  provider: 'twilio',
  accountId,
  label: 'auth-token',
});
const sealedColumns = () =>
  query<{ tenant_id: string; id: string; sealed_secret: string }>(
    fixture.adminUrl,
    'select tenant_id, id, sealed_secret from provider_credentials',
  );

test('a secret reads back for its tenant alone and stands sealed', async () => {
  await store().storeSecret({ ...twilio('acme'), secret: 'first-token' });
  await store().storeSecret({ ...twilio('acme'), secret: 'auth-token-of-acme' });
  await store().storeSecret({ tenantId: 'acme', provider: 'gemini', label: 'api-key', secret: 'gemini-key' });
  expect(await store().readSecret(twilio('acme'))).toBe('auth-token-of-acme');
  expect(await store().readSecret({ tenantId: 'acme', provider: 'gemini', label: 'api-key' })).toBe('gemini-key');
  expect(await store().readSecret(twilio('other'))).toBeUndefined();
  const rows = await sealedColumns();
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toMatch(/of-acme|gemini-key/);
});

test('an account finds the secrets of every tenant that entered it, each opened by its own', async () => {
  await store().storeSecret({ ...twilio('acme', 'AC-shared'), secret: 'right' });
  await store().storeSecret({ ...twilio('other', 'AC-shared'), secret: 'wrong' });
  const found = await createLookups(fixture.database).accountCredentials('twilio', 'AC-shared');
  const opened = await Promise.all(found.map(async (one) => [one.tenantId, await store().openSecret(one)]));
  expect(opened).toEqual([
    ['acme', 'right'],
    ['other', 'wrong'],
  ]);
  expect(await createLookups(fixture.database).accountCredentials('twilio', 'AC-nobody')).toEqual([]);
});

test('a sealed secret copied into the row of another tenant stays shut', async () => {
  await store().storeSecret({ ...twilio('acme', 'AC-copied'), secret: 'mine' });
  const found = await createLookups(fixture.database).accountCredentials('twilio', 'AC-copied');
  expect(found).toHaveLength(1);
  const opened = found.map((mine) => store().openSecret({ ...mine, tenantId: 'other' }));
  await expect(Promise.all(opened)).rejects.toMatchObject({ code: 'secret-unreadable' });
});
