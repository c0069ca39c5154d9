/** `npm run call`: one simulated phone call through the whole system, its timeline printed. Exit status 1 when anything was wrong. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contracts/errors.ts';
import { loadScenario, scenarioNames } from '../simulator/scenarios/load-scenario.ts';
import { readCallOptions, type CallOptions } from './call/call-options.ts';
import { printReport } from './call/call-printer.ts';
import { createGatewayKiller } from './call/gateway-killer.ts';
import { runCall, type RunCallOptions } from './call/run-call.ts';
import { root, runningConfig } from './running/client-config.ts';
import { startOwnStack } from './running/own-stack.ts';
import { readSimulatorPorts } from './supervisor/simulator-settings.ts';

const logFile = join(root, '.data', 'call.log');
const processLog = createWriteStream(logFile, { flags: 'a' }).on('error', () => undefined);

process.stdout.on('error', () => undefined); // the reader of a pipe has gone

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
  if (options.scenario === 'gateway-killed') return killGateway(options);
  const running = await runningConfig(process.env);
  if (running) return make(options, running, readSimulatorPorts(process.env).SIM_CRM_PORT);
  console.log('no stack is running here: starting one for this call (its log: .data/call.log)');
  const own = await startOwnStack({ env: process.env, isolated: false, say: sayProgress });
  try {
    await make(options, own.config, own.ports.SIM_CRM_PORT);
  } finally {
    await own.stop();
  }
}

/** Kills a process: never one of a stack that somebody uses. */
async function killGateway(options: CallOptions): Promise<void> {
  console.log('this call kills a gateway: starting a stack of its own, with two of them (its log: .data/call.log)');
  const own = await startOwnStack({ env: process.env, isolated: true, say: sayProgress });
  try {
    const killer = await createGatewayKiller(own, 'cs-caller-go-on');
    try {
      await make(options, own.config, own.ports.SIM_CRM_PORT, killer.onEvent);
      await killer.killed();
    } finally {
      await killer.stop();
    }
  } finally {
    await own.stop();
  }
}

/** What a person who waits wants to see of a start; the processes' own lines are kept for whoever looks for a fault. */
function sayProgress(part: string, line: string): void {
  if (part === 'supervisor' || part === 'temporal' || part === 'postgres') console.log(`${part.padEnd(14)} ${line}`);
  processLog.write(`${part.padEnd(14)} ${line}\n`);
}

async function make(
  options: CallOptions,
  config: RunCallOptions['config'],
  crmPort: number,
  onEvent?: RunCallOptions['onEvent'],
): Promise<void> {
  const scenario = loadScenario(options.scenario);
  const { outbound } = options;
  const call = { config, crmPort, scenario, outbound, write: console.log };
  const { report, wav } = await runCall(onEvent ? { ...call, onEvent } : call);
  printReport(console.log, report, config.TEMPORAL_UI_URL);
  if (options.wav !== undefined) {
    await writeFile(options.wav, await wav());
    console.log(`sound           ${options.wav} (left: what the caller heard, right: what the caller said)`);
  }
  if (!report.ok) process.exitCode = 1;
  if (options.json) console.log(JSON.stringify(report));
}
