import { AppError } from '../contracts/errors.ts';
import type { Database } from './database.ts';
import type { Sealer } from './sealing.ts';

export interface Webhook {
  webhookId: string;
  name: string;
  url: string;
}

/** As it is POSTed to. */
export interface SigningWebhook extends Webhook {
  /** Signs each notice; absent where none was given. */
  secret?: string;
}

/** Where flows send their notices. The signing secrets stand sealed and are opened for one use. */
export function createWebhookStore({ database, sealer }: { database: Database; sealer: Sealer }) {
  const sealedFor = (tenantId: string, webhookId: string) => ({ tenantId, record: `webhooks/${webhookId}` });

  return {
    /** Without a secret the one that is there stays. */
    storeWebhook: async (tenantId: string, { webhookId, name, url, secret }: SigningWebhook): Promise<void> => {
      assertUrl(webhookId, url);
      const sealed = secret === undefined ? null : await sealer.seal(secret, sealedFor(tenantId, webhookId));
      await database.forTenant(tenantId).execute(storeSql, [tenantId, webhookId, name, url, sealed]);
    },

    /** Without secrets. */
    readWebhooks: (tenantId: string): Promise<(Webhook & { hasSecret: boolean })[]> =>
      database.forTenant(tenantId).execute<Webhook & { hasSecret: boolean }>(
        `select id as "webhookId", name, url, sealed_secret is not null as "hasSecret"
             from webhooks where tenant_id = ? order by id`,
        [tenantId],
      ),

    /** Fails with `secret-unreadable` where its secret cannot be opened. */
    readWebhook: async (tenantId: string, webhookId: string): Promise<SigningWebhook | undefined> => {
      const [row] = await database
        .forTenant(tenantId)
        .execute<{ name: string; url: string; sealed: string | null }>(
          'select name, url, sealed_secret as sealed from webhooks where tenant_id = ? and id = ?',
          [tenantId, webhookId],
        );
      if (!row) return undefined;
      const { name, url, sealed } = row;
      if (sealed === null) return { webhookId, name, url };
      return { webhookId, name, url, secret: await sealer.open(sealed, sealedFor(tenantId, webhookId)) };
    },
  };
}

function assertUrl(webhookId: string, url: string): void {
  const protocol = URL.parse(url)?.protocol;
  if (protocol === 'https:' || protocol === 'http:') return;
  throw new AppError(
    'document-invalid',
    `the webhook ${webhookId} needs an address that begins with https:// or http://`,
  );
}

const storeSql = `insert into webhooks (tenant_id, id, name, url, sealed_secret) values (?, ?, ?, ?, ?)
  on conflict (tenant_id, id) do update set name = excluded.name, url = excluded.url,
    sealed_secret = coalesce(excluded.sealed_secret, webhooks.sealed_secret), updated_at = now()`;
