import type { Config } from '../../contracts/config.ts';
import { demoAccount, demoTenants } from '../demo/demo-tenants.ts';
import { databaseUrlOf } from '../running/client-config.ts';
import { ownNumber } from './own-number.ts';
import { openSeedStores } from './seed-stores.ts';
import { seedTenant } from './seed-tenant.ts';

/** Whose account the demo rings: the one of the environment, else that of the simulated network. */
export function demoCarrier({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN }: Config): {
  accountId: string;
  authToken: string;
} {
  return TWILIO_ACCOUNT_SID === undefined || TWILIO_AUTH_TOKEN === undefined
    ? demoAccount
    : { accountId: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN };
}

export interface SeededDemo {
  tenantId: string;
  phoneNumber: string;
}

/** Seeds the demo tenants and leads their numbers here. With a carrier's real account only the number that was given is touched. */
export async function seedDemo(config: Config, crmPort: number): Promise<SeededDemo[]> {
  const carrier = demoCarrier(config);
  const isSimulated = carrier.accountId === demoAccount.accountId;
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  const seeded: SeededDemo[] = [];
  try {
    const settings = { carrier, phoneNumber: config.TWILIO_PHONE_NUMBER, modelKey: config.GEMINI_API_KEY, crmPort };
    for (const request of demoTenants(settings)) {
      const phoneNumber = request.number?.phoneNumber ?? '';
      if (!isSimulated && phoneNumber !== config.TWILIO_PHONE_NUMBER) continue;
      const { tenantId } = await seedTenant(stores, request);
      await ownNumber(config, { account: carrier, phoneNumber, buy: isSimulated });
      seeded.push({ tenantId, phoneNumber });
    }
  } finally {
    await stores.database.close();
  }
  return seeded;
}
