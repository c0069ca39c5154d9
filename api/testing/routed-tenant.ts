import type { Database } from '../../db/database.ts';
import { createFlowPublisher } from '../../db/flow-publishing.ts';
import { createPhoneNumberStore } from '../../db/phone-numbers.ts';
import { createCredentialStore } from '../../db/provider-credentials.ts';
import type { Sealer } from '../../db/sealing.ts';
import { accountId, authToken, ownNumber, route, routeDocument } from './api-harness.ts';

/** Gives the tenant `acme` what a call to it needs: the account's token, a live flow `demo`, and a number that leads there. */
export async function addRoutedTenant({ database, sealer }: { database: Database; sealer: Sealer }): Promise<void> {
  const credential = { tenantId: 'acme', provider: 'twilio', accountId, label: 'auth-token', secret: authToken };
  await createCredentialStore({ database, sealer }).storeSecret(credential);
  await createFlowPublisher({ database, nowMs: Date.now }).publishFlow({
    tenantId: 'acme',
    flowId: 'demo',
    document: routeDocument,
    baseRevision: 0,
  });
  const { degradedPlan, language } = route;
  const number = { phoneNumber: ownNumber, accountId, flowId: 'demo', language, degradedPlan };
  await createPhoneNumberStore(database).routeNumber('acme', number);
}
