import { afterAll, beforeAll, expect, it } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createApiKeyStore } from './api-keys.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  await addTenants(test.database);
});
afterAll(() => test.close());

const keysOf = (tenantId: string) =>
  query(test.adminUrl, 'select key_hash, revoked_at is not null as revoked from api_keys where tenant_id = $1', [
    tenantId,
  ]);

it('keeps one key of a name: a new one takes the place of the old, a revoked one included', async () => {
  const keys = createApiKeyStore(test.database);
  await keys.storeApiKey({ tenantId: 'acme', keyId: 'crm', keyHash: 'one' });
  await keys.revokeApiKey({ tenantId: 'acme', keyId: 'crm' });
  expect(await keysOf('acme')).toEqual([{ key_hash: 'one', revoked: true }]);
  await keys.storeApiKey({ tenantId: 'acme', keyId: 'crm', keyHash: 'two' });
  expect(await keysOf('acme')).toEqual([{ key_hash: 'two', revoked: false }]);
});

it('revokes nothing of another tenant', async () => {
  const keys = createApiKeyStore(test.database);
  await keys.storeApiKey({ tenantId: 'other', keyId: 'shop', keyHash: 'three' });
  expect(await keys.revokeApiKey({ tenantId: 'acme', keyId: 'shop' })).toBe(false);
  expect(await keysOf('other')).toEqual([{ key_hash: 'three', revoked: false }]);
});
