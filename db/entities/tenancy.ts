import { defineEntity, p } from '@mikro-orm/core';
import { boundToTenant, createdAt, instant, ownId, tenantId } from './tenant-table.ts';

/** A customer of the platform. Its id is the tenant that every other row names. */
export const TenantEntity = defineEntity({
  name: 'Tenant',
  tableName: 'tenants',
  properties: {
    id: ownId(),
    name: p.text(),
    /** Private `host:port` addresses that this tenant's tools may reach. */
    allowedPrivateHosts: p.json<readonly string[]>().default('[]'),
    createdAt: createdAt(),
  },
  ...boundToTenant('id'),
});

export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    email: p.text(),
    displayName: p.text(),
    role: p.text(),
    createdAt: createdAt(),
  },
  uniques: [{ name: 'users_email_unique', properties: ['tenantId', 'email'] }],
  ...boundToTenant(),
});

/** A key of a tenant's own programs. Only its hash is kept. */
export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    name: p.text(),
    /** SHA-256 of the key, hexadecimal. */
    keyHash: p.text(),
    scopes: p.json<readonly string[]>().default('[]'),
    createdAt: createdAt(),
    revokedAt: instant().nullable(),
  },
  uniques: [{ name: 'api_keys_hash_unique', properties: ['keyHash'] }],
  ...boundToTenant(),
});

/** A secret at a vendor (a carrier's auth token, a model's key, a tool's secret), sealed by envelope encryption. */
export const ProviderCredentialEntity = defineEntity({
  name: 'ProviderCredential',
  tableName: 'provider_credentials',
  properties: {
    tenantId: tenantId(),
    id: ownId(),
    provider: p.text(),
    /** The vendor's name of the account; empty where the vendor has none. */
    accountId: p.text().default(''),
    label: p.text(),
    sealedSecret: p.text(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  indexes: [{ name: 'provider_credentials_account_index', properties: ['provider', 'accountId'] }],
  ...boundToTenant(),
});
