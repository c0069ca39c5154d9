import { createApiKeyStore } from '../../db/api-keys.ts';
import { createAssistantStore } from '../../db/assistants.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { createFlowPartStore } from '../../db/flow-parts.ts';
import { createFlowPublisher } from '../../db/flow-publishing.ts';
import { createFlowStore } from '../../db/flows.ts';
import { createFileKeyProvider } from '../../db/key-provider.ts';
import { createPhoneNumberStore } from '../../db/phone-numbers.ts';
import { createCredentialStore } from '../../db/provider-credentials.ts';
import { createSealer } from '../../db/sealing.ts';
import { createTenantStore } from '../../db/tenants.ts';

export type SeedStores = Awaited<ReturnType<typeof openSeedStores>>;

/** The stores that seeding writes, on a database and a key file of their own. Close `database` when done. */
export async function openSeedStores({ databaseUrl, keyFile }: { databaseUrl: string; keyFile: string }) {
  const database: Database = openDatabase({ url: databaseUrl, poolSize: 2 });
  const sealer = createSealer(createFileKeyProvider(keyFile));
  await database.ready();
  return {
    database,
    sealer,
    apiKeys: createApiKeyStore(database),
    tenants: createTenantStore(database),
    assistants: createAssistantStore(database),
    parts: createFlowPartStore({ database, sealer, nowMs: Date.now }),
    drafts: createFlowStore(database),
    flows: createFlowPublisher({ database, nowMs: Date.now }),
    numbers: createPhoneNumberStore(database),
    credentials: createCredentialStore({ database, sealer }),
  };
}
