import type { Config } from '../../contracts/config.ts';
import { demoAccount } from '../demo/demo-tenants.ts';
import { databaseUrlOf } from '../running/client-config.ts';
import { ownNumber } from '../seed/own-number.ts';
import { demoCarrier } from '../seed/seed-demo.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import { seedTenant } from '../seed/seed-tenant.ts';
import { templateSeed } from './template-seed.ts';

const tenantId = 'demo';

/** The templates that the demo tenant begins with, each at a number of the simulated network. */
const demoTemplates: Readonly<Record<string, string>> = {
  'opening-hours': '+420555000111',
  'keypad-menu': '+420555000112',
  'ai-reception': '+420555000113',
  'lead-qualification': '+420555000114',
  bilingual: '+420555000115',
  'outbound-reminder': '+420555000116',
};

/**
 * Gives the demo tenant the templates, published and with a number each, on the simulated network alone. A flow that the
 * tenant has already stays as it is: somebody may have worked on it.
 */
export async function seedDemoTemplates(config: Config, crmPort: number): Promise<readonly string[]> {
  if (demoCarrier(config).accountId !== demoAccount.accountId) return [];
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    for (const [name, phoneNumber] of Object.entries(demoTemplates)) {
      await ownNumber(config, { account: demoAccount, phoneNumber, buy: true });
      if (await stores.drafts.readDraft(tenantId, name)) continue;
      const number = { phoneNumber, accountId: demoAccount.accountId };
      await seedTenant(stores, { ...templateSeed(name, { tenantId, crmPort }), number });
    }
  } finally {
    await stores.database.close();
  }
  return Object.entries(demoTemplates).map(([name, phoneNumber]) => `${phoneNumber} (flow ${name})`);
}
