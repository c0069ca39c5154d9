import type { Database } from './database.ts';
import type { Sealer } from './sealing.ts';

/** Which secret of which vendor. */
export interface CredentialKey {
  tenantId: string;
  /** `twilio`, `gemini`, or `tool` for the secrets that tools name. */
  provider: string;
  /** The vendor's name of the account; absent where the vendor has none. */
  accountId?: string;
  /** Tells several secrets of one account apart: `auth-token` of a carrier, the name of a tool's secret. */
  label: string;
}

/** A secret as the lookups give it, before anybody may read it. */
export interface SealedCredential {
  tenantId: string;
  credentialId: string;
  sealedSecret: string;
}

export type CredentialStore = ReturnType<typeof createCredentialStore>;

/** The tenants' secrets at vendors. They stand sealed in the database and are opened for one use. */
export function createCredentialStore({ database, sealer }: { database: Database; sealer: Sealer }) {
  const open = ({ tenantId, credentialId, sealedSecret }: SealedCredential): Promise<string> =>
    sealer.open(sealedSecret, sealedFor(tenantId, credentialId));

  return {
    /** Puts a secret in place of the one before; returns its id. */
    storeSecret: async ({ secret, ...key }: CredentialKey & { secret: string }): Promise<string> => {
      const { tenantId, provider, accountId = '', label } = key;
      const id = idOf(key);
      const sealed = await sealer.seal(secret, sealedFor(tenantId, id));
      await database.forTenant(tenantId).execute(storeSql, [tenantId, id, provider, accountId, label, sealed]);
      return id;
    },

    /** Undefined where the tenant has none; fails with `secret-unreadable` where it has one that cannot be opened. */
    readSecret: async (key: CredentialKey): Promise<string | undefined> => {
      const id = idOf(key);
      const [row] = await database
        .forTenant(key.tenantId)
        .execute<{ sealed: string }>(
          'select sealed_secret as sealed from provider_credentials where tenant_id = ? and id = ?',
          [key.tenantId, id],
        );
      return row && open({ tenantId: key.tenantId, credentialId: id, sealedSecret: row.sealed });
    },

    /** Opens what a lookup found. */
    openSecret: open,
  };
}

/** Made of what the credential is, so that it can be sealed before it is stored and stored twice without a second row. */
function idOf({ provider, accountId, label }: CredentialKey): string {
  return [provider, ...(accountId === undefined ? [] : [accountId]), label].map(encodeURIComponent).join('/');
}

const sealedFor = (tenantId: string, id: string) => ({ tenantId, record: `provider_credentials/${id}` });

const storeSql = `insert into provider_credentials (tenant_id, id, provider, account_id, label, sealed_secret)
  values (?, ?, ?, ?, ?, ?)
  on conflict (tenant_id, id) do update set sealed_secret = excluded.sealed_secret, updated_at = now()`;
