/**
 * `npm run record-histories`: plays made-up calls against a server of its own and keeps their histories for the replay
 * test. Old files stay: they are the calls that are in flight when a new version is deployed.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { createToolActivities } from '../activities/tool-activities.ts';
import { gatewayTaskQueue } from '../contracts/ids.ts';
import type { GatewayActivities } from '../contracts/gateway.ts';
import type { ToolCallInput } from '../contracts/tools.ts';
import { createCallClient } from '../temporal/call-client.ts';
import { connectTemporal } from '../temporal/client.ts';
import { startDevServer } from '../temporal/dev-server.ts';
import { findTemporalCli } from '../temporal/find-cli.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { createToolCallClient } from '../temporal/tool-call-client.ts';
import { bundleWorkflows, createWorkers } from '../temporal/workers.ts';
import { freePort } from '../test/free-port.ts';
import { patient } from '../test/made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from '../test/made-up-stores.ts';
import { scenes, unknownTool } from '../test/recorded-calls.ts';
import { type CommandLine, readCommandLine, runCommand, WrongUsage } from './running/command-line.ts';
import { testDataConverter, testLog, testPlatformKeys } from '../test/test-keys.ts';
import { startToolServer } from '../test/tool-server.ts';

const say = (line: string): void => console.log(line);
const folder = fileURLToPath(new URL('../test/histories/', import.meta.url));
const binDir = fileURLToPath(new URL('../.data/bin', import.meta.url));
const line = {
  usage: ['npm run record-histories -- [CALL…]'],
  summary: 'plays made-up calls against a Temporal server of its own and keeps their histories for the replay test',
  arguments: { 'CALL…': `these calls only: ${Object.keys(scenes).join(', ')}` },
  options: {},
} as const satisfies CommandLine;

const args = process.argv.slice(2);
await runCommand(line, args, async () => {
  const { positionals } = readCommandLine(line, args);
  const unknown = positionals.find((name) => !Object.hasOwn(scenes, name));
  if (unknown !== undefined) throw new WrongUsage(`there is no call "${unknown}"`);
  await record(positionals.length > 0 ? positionals : Object.keys(scenes));
});

async function record(wanted: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  installRuntime(testLog);
  const cliPath = await findTemporalCli({
    cliPath: process.env['TEMPORAL_CLI'],
    searchPath: process.env['PATH'],
    binDir,
    say,
  });
  const server = await startDevServer({ cliPath, port: await freePort() });
  const toolServer = await startToolServer();
  const temporal = connectTemporal({ address: server.address, namespace: 'default', platformKeys: testPlatformKeys });
  const connection = await NativeConnection.connect({ address: server.address });
  const calls = createCallClient(temporal.client, patient);
  const carrier = createMadeUpCarrier();
  const tools = createToolActivities({
    readSecret: async () => undefined,
    readSensitive: calls.sensitiveInput,
    toolLogs: { writeToolLog: async () => undefined },
    tellCall: calls.toolFinished,
    log: testLog,
  });
  const gatewayActivities: GatewayActivities = {
    warm: async () => undefined,
    command: async () => undefined,
    holds: async () => true,
    holdLease: async () => undefined,
  };
  const gateway = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
  const dataConverter = testDataConverter;
  const workers = await createWorkers({
    connection,
    dataConverter,
    namespace: 'default',
    workflowBundle: await bundleWorkflows(),
    activities: {
      calls: {
        ...createCallRecordActivities(createMadeUpStores().deps),
        announceGatewayLost: async () => 'lost',
        callTool: (input: ToolCallInput) =>
          input.tool.name === unknownTool ? notKnown() : tools.activities.callTool(input),
      },
      tools: {
        ...carrier.activities,
        ...tools.activities,
        sendSms: async () => ({ type: 'smsEnded', status: 'sent', unpriced: 'SM1' }),
        recordSmsPrice: async () => undefined,
        deliverNotice: async () => ({ status: 'delivered', httpStatus: 204 }),
        recordNotice: async () => undefined,
      },
      batch: { sweepToolLogs: async () => ({ untilMs: 1_000, added: 0 }) },
    },
  });
  workers.push(
    await Worker.create({
      connection,
      dataConverter,
      taskQueue: gatewayTaskQueue(gateway.gatewayId),
      activities: gatewayActivities,
    }),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));

  try {
    const stage = {
      client: temporal.client,
      calls,
      tools: createToolCallClient(temporal.client),
      carrier,
      gateway,
      toolUrl: `${toolServer.url}/tool`,
      toolServer,
    };
    const day = new Date().toISOString().slice(0, 10);
    for (const [name, scene] of Object.entries(scenes)) {
      if (!wanted.includes(name)) continue;
      const workflowId = await scene(stage, `CA-${name}`);
      const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
      const file = freshFile(`${name}.${day}`);
      await writeFile(`${folder}${file}`, `${withoutIdentities(historyToJSON(history))}\n`);
      say(`${file}: ${history.events?.length ?? 0} events`);
    }
  } finally {
    for (const worker of workers) worker.shutdown();
    await running;
    await tools.close();
    await Promise.all([connection.close(), temporal.close(), toolServer.close()]);
    await server.stop();
  }
}

/** As a worker of an earlier version answers, which knows no tool on the queue of the calls. */
async function notKnown(): Promise<never> {
  const message = 'Activity function callTool is not registered on this Worker, available activities: []';
  throw ApplicationFailure.create({ type: 'NotFoundError', message });
}

/** A second recording of a day replaces none: both versions may have been deployed. */
function freshFile(stem: string): string {
  for (let number = 1; ; number += 1) {
    const file = `${stem}${number === 1 ? '' : `.${number}`}.json`;
    if (!existsSync(`${folder}${file}`)) return file;
  }
}

/** Workers and clients are named after process and machine, their queues too; that is nobody's business. */
function withoutIdentities(json: string): string {
  return JSON.stringify(JSON.parse(json.replaceAll(`${process.pid}@${hostname()}`, 'recorded')));
}
