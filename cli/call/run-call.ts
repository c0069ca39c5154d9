import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { printEvent, printHeard, printTurns } from './call-printer.ts';
import { reportCall, type CallReport, type Expectations } from './call-report.ts';
import type { CallTools } from './call-tools.ts';
import { callIn, callOut, type PlacedCall } from './make-call.ts';
import type { NetworkClient, NetworkRecord, TimelineEvent } from './network-client.ts';
import { secretFaults } from './secret-search.ts';
import { readStoredCall } from './stored-call.ts';
import { modelTraps, networkTraps, waitingFaults } from './trap-faults.ts';

export interface RunCallOptions {
  tools: CallTools;
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
export async function runCall({ tools, scenario, write, onEvent }: RunCallOptions): Promise<FinishedCall> {
  const { stores, objects, client, network } = tools;
  const { name } = scenario;
  const tenant = await tools.prepare(scenario);
  write(`${name}: ${scenario.about}\n`);
  const models = modelTraps(tools.config, scenario);
  await models.arm();
  const placed = await (scenario.callee ? callOut : callIn)(tools, scenario, tenant);
  const record = await followCall(network, placed, (event) => {
    printEvent(write, event);
    onEvent?.(event, placed);
  });
  await placed.withdrawal;
  const stored = await readStoredCall({ ...stores, objects, client }, placed);
  printTurns(write, stored.turns);
  printHeard(write, record.heardTranscript);
  const dialled = placed.dialled === undefined ? undefined : (await network.callsTo(placed.dialled)).length;
  const { secret } = scenario.expect ?? {};
  const search = { ...stores, client, modelUrl: tools.config.GEMINI_BASE_URL, modelKey: `sim-${name}` };
  const leaks = secret ? await secretFaults(search, placed, secret) : [];
  const traps = [...(await models.faults()), ...(await networkTrapFaults(network, scenario, placed, record))];
  const expected = { ...expectationsOf(scenario), ...(dialled !== undefined && { dialled }) };
  return {
    report: reportCall(record, stored, expected, [...leaks, ...traps]),
    wav: () => (placed.callSid === undefined ? Promise.resolve(Buffer.alloc(0)) : network.wav(placed.callSid)),
  };
}

/** Traps of the network that the call never ran into. */
async function networkTrapFaults(
  network: NetworkClient,
  scenario: Scenario,
  { dialled }: PlacedCall,
  { sprung }: NetworkRecord,
): Promise<string[]> {
  const waiting = dialled === undefined ? [] : await network.waitingTraps(dialled);
  const notSprung = networkTraps(scenario, 'call').filter((trap) => !sprung.includes(trap));
  return waitingFaults([...waiting, ...notSprung]);
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
  sprung: [],
  heardTranscript: [],
};

/** Where the worker of that configuration keeps recordings. */
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
