import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimedTenant, hashApiKey } from '../../api/api-key.ts';
import { createApiKeyStore } from '../../db/api-keys.ts';
import { createTenantStore } from '../../db/tenants.ts';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../../test/database-fixture.ts';
import { WrongUsage } from '../running/command-line.ts';
import { readKeyRequest } from './manage-keys.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
});
afterAll(() => fixture.close());

const run = (...args: string[]) =>
  readKeyRequest([...args, '--tenant', 'acme'])({
    apiKeys: createApiKeyStore(fixture.database),
    tenants: createTenantStore(fixture.database),
  });
const hashes = () => query<{ key_hash: string }>(fixture.adminUrl, 'select key_hash from api_keys');

it('makes a key that the API knows by its hash alone, and revokes it', async () => {
  expect(await run('--list')).toEqual({ out: [], note: 'tenant acme has no keys' });
  const {
    out: [key = ''],
  } = await run('crm');
  expect(claimedTenant(key)).toBe('acme');
  expect(await hashes()).toEqual([{ key_hash: hashApiKey(key) }]);
  expect((await run('crm')).out).not.toEqual([key]);
  expect(await hashes()).toHaveLength(1);
  expect((await run('--list')).out).toEqual(['crm']);
  expect((await run('--revoke', 'crm')).note).toContain('is revoked');
  expect((await run('--list')).out).toEqual(['crm  revoked']);
  await expect(run('--revoke', 'crm')).rejects.toMatchObject({
    code: 'api-key-unknown',
    message: 'tenant acme has no key "crm" that is in force',
  });
});

it('makes none for a tenant who is not there', async () => {
  const stores = { apiKeys: createApiKeyStore(fixture.database), tenants: createTenantStore(fixture.database) };
  await expect(readKeyRequest(['crm', '--tenant', 'nobody'])(stores)).rejects.toMatchObject({
    code: 'tenant-unknown',
    message: 'there is no tenant "nobody"',
  });
});

it.each([[[]], [['a', 'b']], [['a', '--list']], [['--list', '--revoke', 'a']], [['a b']], [['--key', 'a']]])(
  'refuses %j',
  (args) => {
    expect(() => readKeyRequest(args)).toThrow(WrongUsage);
  },
);
