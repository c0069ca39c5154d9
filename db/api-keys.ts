import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

export interface ApiKeyRecord {
  tenantId: string;
  /** The tenant's own name of the key; storing it again puts a new key in place of the old one. */
  keyId: string;
  /** SHA-256 of the key, hexadecimal. */
  keyHash: string;
}

/** Keys of the tenants' own programs. Only hashes are kept. */
export function createApiKeyStore(database: Database) {
  return {
    storeApiKey: async ({ tenantId, keyId, keyHash }: ApiKeyRecord): Promise<void> => {
      const sql = `insert into api_keys (tenant_id, id, name, key_hash, scopes) values (?, ?, ?, ?, ?::jsonb)
        on conflict (tenant_id, id) do update set key_hash = excluded.key_hash, revoked_at = null`;
      await database.forTenant(tenantId).execute(sql, [tenantId, keyId, keyId, keyHash, toJsonb([])]);
    },

    /** False where no such key is in force. */
    revokeApiKey: async ({ tenantId, keyId }: Omit<ApiKeyRecord, 'keyHash'>): Promise<boolean> => {
      const sql =
        'update api_keys set revoked_at = now() where tenant_id = ? and id = ? and revoked_at is null returning id';
      const revoked = await database.forTenant(tenantId).execute<object>(sql, [tenantId, keyId]);
      return revoked.length > 0;
    },

    readApiKeys: async (tenantId: string): Promise<{ keyId: string; isRevoked: boolean }[]> => {
      const sql =
        'select id as "keyId", revoked_at is not null as "isRevoked" from api_keys where tenant_id = ? order by id';
      return database.forTenant(tenantId).execute(sql, [tenantId]);
    },
  };
}
