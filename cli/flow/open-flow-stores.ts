import { readConfig } from '../../contracts/config.ts';
import { createCalendarStore } from '../../db/calendars.ts';
import { openDatabase } from '../../db/database.ts';
import { createFlowExchange } from '../../db/flow-exchange.ts';
import { createFlowPublisher } from '../../db/flow-publishing.ts';
import { createFlowVersionStore } from '../../db/flow-versions.ts';
import { createFlowStore } from '../../db/flows.ts';
import { createFileKeyProvider } from '../../db/key-provider.ts';
import { createPhoneNumberStore } from '../../db/phone-numbers.ts';
import { createSealer } from '../../db/sealing.ts';
import { demoCarrier } from '../seed/seed-demo.ts';
import { databaseUrlOf, runningConfig } from '../running/client-config.ts';

export type FlowStores = ReturnType<typeof storesOf>;

/** Runs a job on the database of the stack that runs here, or of the environment. Throws `database-unavailable`. */
export async function withFlowStores<Result>(
  env: Readonly<Record<string, string | undefined>>,
  job: (stores: FlowStores) => Promise<Result>,
): Promise<Result> {
  const config = (await runningConfig(env)) ?? readConfig(env);
  const database = openDatabase({ url: databaseUrlOf(config), poolSize: 2 });
  try {
    await database.ready();
    const sealer = createSealer(createFileKeyProvider(config.KEY_FILE));
    return await job(storesOf({ database, sealer, nowMs: Date.now }, demoCarrier(config).accountId));
  } finally {
    await database.close();
  }
}

function storesOf(deps: Parameters<typeof createFlowExchange>[0], accountId: string) {
  const { database } = deps;
  return {
    /** The carrier's account of numbers that are new here. */
    accountId,
    calendars: createCalendarStore(deps),
    drafts: createFlowStore(database),
    versions: createFlowVersionStore(database),
    publisher: createFlowPublisher(deps),
    exchange: createFlowExchange(deps),
    numbers: createPhoneNumberStore(database),
  };
}
