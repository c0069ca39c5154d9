import type { Client } from '@temporalio/client';
import type { Config } from '../../contracts/config.ts';
import { AppError } from '../../contracts/errors.ts';
import { createFileKeyProvider, platformKey } from '../../db/key-provider.ts';
import { type ObjectStore, openObjectStore, recordingsUrl } from '../../db/object-store.ts';
import { scenarioNames } from '../../simulator/scenarios/load-scenario.ts';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { connectTemporal } from '../../temporal/client.ts';
import { demoAccount } from '../demo/demo-tenants.ts';
import { dataDirOf, databaseUrlOf } from '../running/client-config.ts';
import { ownNumber } from '../seed/own-number.ts';
import { openSeedStores, type SeedStores } from '../seed/seed-stores.ts';
import { seedTenant } from '../seed/seed-tenant.ts';
import { createNetworkClient, type NetworkClient } from './network-client.ts';
import { scenarioTenant, type ScenarioTenant } from './scenario-tenant.ts';

/** What calls on one running stack are made and judged with: opened once, for however many of them. */
export interface CallTools {
  config: Config;
  stores: SeedStores;
  /** Where recordings are kept. */
  objects: ObjectStore;
  client: Client;
  network: NetworkClient;
  /** The scenario's tenant with its number, seeded when it is first asked for; one is seeded after the other. */
  prepare(scenario: Pick<Scenario, 'name' | 'language'>): Promise<ScenarioTenant>;
  close(): Promise<void>;
}

export interface RunningStack {
  config: Config;
  crmPort: number;
}

/** Throws `config-invalid` where the stack is on a real carrier. */
export async function openCallTools({ config, crmPort }: RunningStack): Promise<CallTools> {
  const networkUrl = config.TWILIO_BASE_URL;
  if (networkUrl === undefined || config.TWILIO_ACCOUNT_SID !== undefined) {
    throw new AppError('config-invalid', 'this stack is on a real carrier: ring its number with a telephone');
  }
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
    namespace: config.TEMPORAL_NAMESPACE,
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
    platformKeys: [await platformKey(createFileKeyProvider(config.KEY_FILE))],
  });
  const prepared = new Map<string, Promise<ScenarioTenant>>();
  let latest: Promise<unknown> = Promise.resolve();

  async function seed({ name, language }: Pick<Scenario, 'name' | 'language'>): Promise<ScenarioTenant> {
    const index = scenarioNames().indexOf(name);
    const tenant = scenarioTenant({ name, index, language, carrier: demoAccount, crmPort });
    if (!tenant.seed) return tenant;
    await seedTenant(stores, tenant.seed);
    await ownNumber(config, { account: demoAccount, phoneNumber: tenant.phoneNumber, buy: true });
    return tenant;
  }

  return {
    config,
    stores,
    objects: openObjectStore(recordingsUrl({ ...config, DATA_DIR: dataDirOf(config) })),
    client: temporal.client,
    network: createNetworkClient(networkUrl),
    prepare: (scenario) => {
      const known = prepared.get(scenario.name);
      if (known) return known;
      const tenant = latest.then(() => seed(scenario));
      latest = tenant.catch(() => undefined); // said to whoever asked for it
      prepared.set(scenario.name, tenant);
      return tenant;
    },
    close: async () => void (await Promise.all([stores.database.close(), temporal.close()])),
  };
}
