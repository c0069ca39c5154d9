import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../contracts/config.ts';
import { AppError } from '../../contracts/errors.ts';
import { createFileKeyProvider, platformKey } from '../../db/key-provider.ts';
import { type ObjectStore, openObjectStore } from '../../db/object-store.ts';
import { scenarioNames } from '../../simulator/scenarios/load-scenario.ts';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { connectTemporal } from '../../temporal/client.ts';
import { demoAccount } from '../demo/demo-tenants.ts';
import { databaseUrlOf, dataDirOf } from '../running/client-config.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import { printEvent, printHeard, printTurns } from './call-printer.ts';
import { reportCall, type CallReport, type Expectations } from './call-report.ts';
import { callIn, callOut, type PlacedCall } from './make-call.ts';
import { createNetworkClient, type NetworkClient, type NetworkRecord, type TimelineEvent } from './network-client.ts';
import { scenarioTenant } from './scenario-tenant.ts';
import { secretFaults } from './secret-search.ts';
import { readStoredCall } from './stored-call.ts';

export interface RunCallOptions {
  config: Config;
  crmPort: number;
  scenario: Scenario;
  /** Takes the timeline, a line at a time, as it happens. */
  write: (line: string) => void;
  /** Told of each event of the network while the call goes on. */
  onEvent?: (event: TimelineEvent, call: PlacedCall) => void;
}

export interface FinishedCall {
  report: CallReport;
  /** What both parties heard, one channel each. */
  wav: () => Promise<Buffer>;
}

/** The demo must stay small enough to be read in the Temporal UI. */
const demoHistoryEvents = 150;

/** Makes the scenario's call on a running stack, follows it to its end and says what was wrong with it. */
export async function runCall({ config, crmPort, scenario, write, onEvent }: RunCallOptions): Promise<FinishedCall> {
  const networkUrl = config.TWILIO_BASE_URL;
  if (networkUrl === undefined || config.TWILIO_ACCOUNT_SID !== undefined) {
    throw new AppError('config-invalid', 'this stack is on a real carrier: ring its number with a telephone');
  }
  const { name, language } = scenario;
  const index = scenarioNames().indexOf(name);
  const tenant = scenarioTenant({ name, index, language, carrier: demoAccount, crmPort });
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
    namespace: config.TEMPORAL_NAMESPACE,
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
    platformKeys: [await platformKey(createFileKeyProvider(config.KEY_FILE))],
  });
  try {
    const network = createNetworkClient(networkUrl);
    write(`${name}: ${scenario.about}\n`);
    const placed = await (scenario.callee ? callOut : callIn)(
      { config, stores, network, carrier: demoAccount },
      scenario,
      tenant,
    );
    const record = await followCall(network, placed, (event) => {
      printEvent(write, event);
      onEvent?.(event, placed);
    });
    await placed.withdrawal;
    const stored = await readStoredCall({ ...stores, objects: objectsOf(config), client: temporal.client }, placed);
    printTurns(write, stored.turns);
    printHeard(write, record.heardTranscript);
    const dialled = placed.dialled === undefined ? undefined : (await network.callsTo(placed.dialled)).length;
    const { secret } = scenario.expect ?? {};
    const search = { ...stores, client: temporal.client, modelUrl: config.GEMINI_BASE_URL, modelKey: `sim-${name}` };
    const leaks = secret ? await secretFaults(search, placed, secret) : [];
    const expected = { ...expectationsOf(scenario), ...(dialled !== undefined && { dialled }) };
    return {
      report: reportCall(record, stored, expected, leaks),
      wav: () => (placed.callSid === undefined ? Promise.resolve(Buffer.alloc(0)) : network.wav(placed.callSid)),
    };
  } finally {
    await Promise.all([stores.database.close(), temporal.close()]);
  }
}

/** The network's record of the call, once it is over; an empty one where the network never had it. */
async function followCall(
  network: NetworkClient,
  { callSid }: PlacedCall,
  onEvent: (event: TimelineEvent) => void,
): Promise<NetworkRecord> {
  if (callSid === undefined) return neverDialled;
  for await (const event of network.follow(callSid)) onEvent(event);
  return network.settled(callSid);
}

const neverDialled: NetworkRecord = {
  callSid: '',
  status: 'never-dialled',
  ended: true,
  zeroEpochMs: 0,
  timeline: [],
  heard: [],
  said: [],
  alerts: [],
  violations: [],
  faults: [],
  heardTranscript: [],
};

/** Where the worker of that configuration keeps recordings. */
const objectsOf = (config: Config): ObjectStore =>
  openObjectStore(config.RECORDINGS_URL ?? pathToFileURL(join(dataDirOf(config), 'recordings')).href);

const ownFunctions = new Set(['end_call', 'leave_node', 'think_harder', 'hand_back', 'collect_sensitive']);

function expectationsOf({ name, expect }: Scenario): Expectations {
  // The gateway's own functions are no tools of the tenant's.
  const toolCalls = expect?.toolCalls?.filter((tool) => !ownFunctions.has(tool));
  return {
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(expect?.path && { path: expect.path }),
    ...(expect?.says && { says: expect.says }),
    ...(expect?.tags && { tags: expect.tags }),
    ...(expect?.notices !== undefined && { notices: expect.notices }),
    ...(expect?.recordings && { recordings: expect.recordings }),
    ...(expect?.heardInPart === undefined ? {} : { heardInPart: expect.heardInPart }),
    ...(expect?.notHeard === undefined ? {} : { notHeard: expect.notHeard }),
    ...(expect?.maxBargeInMs === undefined ? {} : { maxBargeInMs: expect.maxBargeInMs }),
    ...(expect?.heardInFull === undefined ? {} : { heardInFull: expect.heardInFull }),
    ...(expect?.understood === undefined ? {} : { understood: expect.understood }),
    ...(expect?.outcome === undefined ? {} : { outcome: expect.outcome }),
    ...(expect?.failure === undefined ? {} : { failure: expect.failure }),
    ...(expect?.carrierStatus === undefined ? {} : { carrierStatus: expect.carrierStatus }),
    ...(expect?.alerts === undefined ? {} : { alerts: expect.alerts }),
    ...(expect?.heard === undefined ? {} : { heard: expect.heard }),
    ...(expect?.maxSilenceMs === undefined ? {} : { maxSilenceMs: expect.maxSilenceMs }),
    ...(expect?.textsMissing === undefined ? {} : { textsMissing: expect.textsMissing }),
    ...(expect?.heardTolerance === undefined ? {} : { heardTolerance: expect.heardTolerance }),
    ...(expect?.completeTranscript === undefined ? {} : { completeTranscript: expect.completeTranscript }),
    ...(expect?.historyEvents === undefined ? {} : { maxHistoryEvents: expect.historyEvents }),
    ...(name.startsWith('demo-') ? { maxHistoryEvents: demoHistoryEvents } : {}),
  };
}
