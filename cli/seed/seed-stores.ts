import { createApiKeyStore } from '../../db/api-keys.ts';
import { createAssistantStore } from '../../db/assistants.ts';
import { createPromptStore } from '../../db/audio-prompts.ts';
import { createCalendarStore } from '../../db/calendars.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { createFlowPublisher } from '../../db/flow-publishing.ts';
import { createFlowScenarioStore } from '../../db/flow-scenarios.ts';
import { createFlowStore } from '../../db/flows.ts';
import { createFileKeyProvider } from '../../db/key-provider.ts';
import { createPhoneNumberStore } from '../../db/phone-numbers.ts';
import { createCredentialStore } from '../../db/provider-credentials.ts';
import { createNameStore } from '../../db/queues-and-agents.ts';
import { createSealer } from '../../db/sealing.ts';
import { createTenantStore } from '../../db/tenants.ts';
import { createWebhookStore } from '../../db/webhooks.ts';

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
    calendars: createCalendarStore({ database, nowMs: Date.now }),
    prompts: createPromptStore(database),
    webhooks: createWebhookStore({ database, sealer }),
    names: createNameStore(database),
    drafts: createFlowStore(database),
    scenarios: createFlowScenarioStore(database),
    flows: createFlowPublisher({ database, nowMs: Date.now }),
    numbers: createPhoneNumberStore(database),
    credentials: createCredentialStore({ database, sealer }),
  };
}
