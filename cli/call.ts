/** `npm run call`: one simulated phone call through the whole system, its timeline printed. Exit status 1 when anything was wrong. */
import { writeFile } from 'node:fs/promises';
import type { Config } from '../contracts/config.ts';
import { AppError } from '../contracts/errors.ts';
import { createFileKeyProvider, platformKey } from '../db/key-provider.ts';
import { loadScenario, scenarioNames } from '../simulator/scenarios/load-scenario.ts';
import type { Scenario } from '../simulator/scenarios/scenario.ts';
import { connectTemporal } from '../temporal/client.ts';
import { readCallOptions, type CallOptions } from './call/call-options.ts';
import { printEvent, printHeard, printReport, printTurns } from './call/call-printer.ts';
import { reportCall, type CallReport } from './call/call-report.ts';
import { callIn, callOut, type PlacedCall } from './call/make-call.ts';
import { createNetworkClient, type NetworkClient } from './call/network-client.ts';
import { scenarioTenant } from './call/scenario-tenant.ts';
import { readStoredCall } from './call/stored-call.ts';
import { demoAccount } from './demo/demo-tenants.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { loadDotEnv } from './running/load-env-file.ts';
import { startOwnStack } from './running/own-stack.ts';
import { openSeedStores } from './seed/seed-stores.ts';
import { readSimulatorPorts } from './supervisor/simulator-settings.ts';

/** The demo must stay small enough to be read in the Temporal UI. */
const demoHistoryEvents = 150;

try {
  const options = readCallOptions(process.argv.slice(2), scenarioNames());
  if (options.list) list();
  else await main(options);
} catch (failure) {
  console.error(failure instanceof AppError ? failure.message : failure);
  process.exitCode = 1;
}

function list(): void {
  for (const name of scenarioNames()) console.log(`${name.padEnd(20)} ${loadScenario(name).about}`);
}

async function main(options: CallOptions): Promise<void> {
  loadDotEnv();
  const running = await runningConfig(process.env);
  if (running) return make(options, running, readSimulatorPorts(process.env).SIM_CRM_PORT);
  console.log('no stack is running here: starting one for this call');
  const own = await startOwnStack({ env: process.env, isolated: false, say: sayProgress });
  try {
    await make(options, own.config, own.ports.SIM_CRM_PORT);
  } finally {
    await own.stop();
  }
}

/** What a person who waits wants to see of a start; the processes' own lines are theirs. */
function sayProgress(part: string, line: string): void {
  if (part === 'supervisor' || part === 'temporal' || part === 'postgres') console.log(`${part.padEnd(14)} ${line}`);
}

async function make(options: CallOptions, config: Config, crmPort: number): Promise<void> {
  const networkUrl = config.TWILIO_BASE_URL;
  if (networkUrl === undefined || config.TWILIO_ACCOUNT_SID !== undefined) {
    throw new AppError('config-invalid', 'this stack is on a real carrier: ring its number with a telephone');
  }
  const scenario = loadScenario(options.scenario);
  const index = scenarioNames().indexOf(scenario.name);
  const tenant = scenarioTenant({
    name: scenario.name,
    index,
    language: scenario.language,
    carrier: demoAccount,
    crmPort,
  });
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
    namespace: config.TEMPORAL_NAMESPACE,
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
    platformKeys: [await platformKey(createFileKeyProvider(config.KEY_FILE))],
  });
  try {
    const network = createNetworkClient(networkUrl);
    const deps = { config, stores, network, carrier: demoAccount };
    console.log(`${scenario.name}: ${scenario.about}\n`);
    const placed = await (options.outbound ? callOut : callIn)(deps, scenario, tenant);
    for await (const event of network.follow(placed.callSid)) printEvent(console.log, event);
    const report = await reportOf(placed, network, scenario, {
      database: stores.database,
      sealer: stores.sealer,
      client: temporal.client,
    });
    printReport(console.log, report, config.TEMPORAL_UI_URL);
    if (options.wav !== undefined) {
      await writeFile(options.wav, await network.wav(placed.callSid));
      console.log(`sound           ${options.wav} (left: what the caller heard, right: what the caller said)`);
    }
    if (!report.ok) process.exitCode = 1;
    if (options.json) console.log(JSON.stringify(report));
  } finally {
    await Promise.all([stores.database.close(), temporal.close()]);
  }
}

async function reportOf(
  placed: PlacedCall,
  network: NetworkClient,
  scenario: Scenario,
  deps: Parameters<typeof readStoredCall>[0],
): Promise<CallReport> {
  const record = await network.settled(placed.callSid);
  const stored = await readStoredCall(deps, placed);
  printTurns(console.log, stored.turns);
  printHeard(console.log, record.heardTranscript);
  // The gateway's own functions are no tools of the tenant's.
  const toolCalls = scenario.expect?.toolCalls?.filter((name) => name !== 'end_call' && name !== 'leave_node');
  const isDemo = scenario.name.startsWith('demo-');
  return reportCall(record, stored, {
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(scenario.expect?.heardInPart === undefined ? {} : { heardInPart: scenario.expect.heardInPart }),
    ...(scenario.expect?.understood === undefined ? {} : { understood: scenario.expect.understood }),
    ...(isDemo ? { maxHistoryEvents: demoHistoryEvents } : {}),
  });
}
