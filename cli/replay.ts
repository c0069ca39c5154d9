/** `npm run replay -- --call ID --flow FLOW`: what happened in a stored call, or in a day's calls, against another version. */
import { readConfig } from '../contracts/config.ts';
import { AppError } from '../contracts/errors.ts';
import { countDifferences } from '../contracts/flow/replay/count-differences.ts';
import { replay, type ReplayResult } from '../contracts/flow/replay/replay.ts';
import { type CallLedgerStore, createCallLedgerStore } from '../db/call-ledgers.ts';
import { createLookups, type Lookups } from '../db/lookups.ts';
import { linesOfCounts, linesOfReplay } from './replay/draw-replay.ts';
import { type FlowAgainst, flowAgainst, type FlowSources } from './replay/flow-against.ts';
import { readReplayOptions, replayLine, type ReplayOptions } from './replay/replay-options.ts';
import { dayIn, storedCallOf } from './replay/stored-calls.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { runCommand } from './running/command-line.ts';
import { openSeedStores } from './seed/seed-stores.ts';

const args = process.argv.slice(2);
await runCommand(replayLine, args, async () => {
  const options = readReplayOptions(args);
  const config = (await runningConfig(process.env)) ?? readConfig(process.env);
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    const { database } = stores;
    await main({ ...stores, ledgers: createCallLedgerStore(database), lookups: createLookups(database) }, options);
  } finally {
    await stores.database.close();
  }
});

interface Stores extends FlowSources {
  ledgers: CallLedgerStore;
  lookups: Pick<Lookups, 'callTenant'>;
}

async function main(stores: Stores, { calls, flow: wanted, json }: ReplayOptions): Promise<void> {
  if ('callId' in calls) {
    const { callId } = calls;
    const tenantId = await stores.lookups.callTenant(callId);
    if (tenantId === undefined) throw new AppError('call-unknown', `there is no call ${callId}`);
    const against = await flowAgainst(stores, tenantId, wanted);
    const result = await replayed(stores, { tenantId, callId }, against);
    const { name, flow } = against;
    const drawing = { against: name, timeZone: flow.timeZone, width: process.stdout.columns || 120 };
    for (const line of linesOfReplay(result, drawing)) console.log(line);
    if (json) console.log(JSON.stringify({ against: name, ...result }));
    return;
  }
  const { tenantId, day, timeZone } = calls;
  const against = await flowAgainst(stores, tenantId, wanted);
  const flowId = calls.flowId === 'all' ? undefined : (calls.flowId ?? against.flowId);
  const time = dayIn(timeZone ?? against.flow.timeZone, day);
  const ids = await stores.ledgers.callsBetween({ tenantId, ...time, ...(flowId !== undefined && { flowId }) });
  const results: ReplayResult[] = [];
  for (const callId of ids) results.push(await replayed(stores, { tenantId, callId }, against));
  const counts = countDifferences(results);
  for (const line of linesOfCounts(counts, against.name)) console.log(line);
  if (json) console.log(JSON.stringify({ against: against.name, day, calls: results.length, counts }));
}

async function replayed(
  { ledgers }: Stores,
  key: { tenantId: string; callId: string },
  { flow }: FlowAgainst,
): Promise<ReplayResult> {
  const ledger = await ledgers.readLedger(key);
  if (!ledger) throw new AppError('call-unknown', `there is no call ${key.callId}`);
  return replay(flow, storedCallOf(ledger));
}
