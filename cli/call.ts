/** `npm run call`: one simulated phone call through the whole system, its timeline printed. Exit status 1 when anything was wrong. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { longCall } from '../simulator/scenarios/half-hour.ts';
import { loadScenario, scenarioNames } from '../simulator/scenarios/load-scenario.ts';
import type { Scenario } from '../simulator/scenarios/scenario.ts';
import { callLine, readCallOptions, type CallOptions } from './call/call-options.ts';
import { printReport } from './call/call-printer.ts';
import { keepTimeline } from './call/kept-timeline.ts';
import { playMoments } from './call/play-moments.ts';
import { type CallTools, openCallTools, type RunningStack } from './call/call-tools.ts';
import { longestFirst } from './call/longest-first.ts';
import { laneUse, lineOf, type NamedReport, reportOf, runAll, summaryOf } from './call/run-all.ts';
import { runCall, type RunCallOptions } from './call/run-call.ts';
import { scenarioList } from './call/scenario-list.ts';
import { root, runningConfig } from './running/client-config.ts';
import { runCommand } from './running/command-line.ts';
import { type OwnStack, startOwnStack } from './running/own-stack.ts';
import { readSimulatorPorts } from './supervisor/simulator-settings.ts';

const callsAtOnce = 8;
const logFile = join(root, '.data', 'call.log');
const timelines = join(root, '.data', 'calls');
mkdirSync(dirname(logFile), { recursive: true });
const processLog = createWriteStream(logFile, { flags: 'a' }).on('error', () => undefined);

const args = process.argv.slice(2);
await runCommand(callLine, args, async () => {
  const options = readCallOptions(args, scenarioNames());
  if (options.list) console.log(scenarioList(scenarioNames().map(loadScenario)).join('\n').trimStart());
  else await main(options);
});

async function main(options: CallOptions): Promise<void> {
  if (options.all) return callAll(options);
  const scenario = scenarioOf(options);
  if (scenario.moments) return withMoments(scenario, (stack, onEvent) => make(options, stack, onEvent));
  const running = await runningConfig(process.env);
  if (running) return make(options, { config: running, crmPort: readSimulatorPorts(process.env).SIM_CRM_PORT });
  console.log('no stack is running here: starting one for this call (its log: .data/call.log)');
  await onOwnStack(false, async (own) => make(options, stackOf(own)));
}

/** All scenarios but those that take long, on a stack of their own; those that kill a process come last, each on another one. */
async function callAll({ json }: CallOptions): Promise<void> {
  const startedMs = performance.now();
  await rm(timelines, { recursive: true, force: true }); // those of an earlier time
  console.log('starting a stack for all calls (its log: .data/call.log)');
  const tell = (result: NamedReport): void => console.log(lineOf(result));
  const scenarios = scenarioNames()
    .map(loadScenario)
    .filter(({ minutes }) => minutes === undefined);
  const harmless = scenarios.filter(({ moments }) => moments === undefined);
  const calls = await onOwnStack(true, async (own) =>
    withTools(stackOf(own), (tools) => sideBySide(tools, harmless, tell)),
  );
  for (const scenario of scenarios.filter(({ moments }) => moments !== undefined)) {
    const killed = await reportOf(scenario.name, () =>
      withMoments(scenario, (stack, onEvent) =>
        withTools(stack, (tools) =>
          keepTimeline(timelines, scenario.name, (write) => runCall({ tools, scenario, onEvent, write })),
        ),
      ),
    );
    tell(killed);
    calls.push(killed);
  }
  console.log(`\n${summaryOf(calls, performance.now() - startedMs)}`);
  const ok = calls.every((call) => call.ok);
  if (!ok) process.exitCode = 1;
  if (json) console.log(JSON.stringify({ ok, calls }));
}

async function sideBySide(
  tools: CallTools,
  scenarios: readonly Scenario[],
  tell: (result: NamedReport) => void,
): Promise<NamedReport[]> {
  const startedMs = performance.now();
  const calls = await runAll({
    scenarios: longestFirst(scenarios),
    prepare: (scenario) => tools.prepare(scenario),
    call: (scenario) => keepTimeline(timelines, scenario.name, (write) => runCall({ tools, scenario, write })),
    atOnce: callsAtOnce,
    onResult: tell,
  });
  console.log(laneUse(calls, callsAtOnce, performance.now() - startedMs));
  return calls;
}

async function withTools<T>(stack: RunningStack, work: (tools: CallTools) => Promise<T>): Promise<T> {
  const tools = await openCallTools(stack);
  try {
    return await work(tools);
  } finally {
    await tools.close();
  }
}

/** Kills a process: never one of a stack that somebody uses. */
async function withMoments<T>(
  scenario: Scenario,
  work: (stack: RunningStack, onEvent: NonNullable<RunCallOptions['onEvent']>) => Promise<T>,
): Promise<T> {
  console.log(
    'this call kills or stops a gateway: starting a stack of its own, with two of them (its log: .data/call.log)',
  );
  return onOwnStack(true, async (own) => {
    const moments = await playMoments(own, scenario);
    try {
      const result = await work(stackOf(own), moments.onEvent);
      await moments.done();
      return result;
    } finally {
      await moments.stop();
    }
  });
}

async function onOwnStack<T>(isolated: boolean, work: (own: OwnStack) => Promise<T>): Promise<T> {
  const own = await startOwnStack({ env: process.env, isolated, say: sayProgress });
  try {
    return await work(own);
  } finally {
    await own.stop();
  }
}

/** A local Temporal's UI goes with the stack: nobody could open a link to it. */
function stackOf({ config, ports }: OwnStack): RunningStack {
  return {
    config: { ...config, TEMPORAL_UI_URL: process.env['TEMPORAL_UI_URL'] },
    crmPort: ports.SIM_CRM_PORT,
  };
}

/** What a person who waits wants to see of a start; the processes' own lines are kept for whoever looks for a fault. */
function sayProgress(part: string, line: string): void {
  if (part === 'supervisor' || part === 'temporal' || part === 'postgres') console.log(`${part.padEnd(14)} ${line}`);
  processLog.write(`${part.padEnd(14)} ${line}\n`);
}

/** The scenario that was asked for; a call that the caller would make can also be made to the caller. */
function scenarioOf({ scenario: name, outbound, minutes }: CallOptions): Scenario {
  const scenario = minutes === undefined ? loadScenario(name) : longCall(minutes);
  return outbound ? { callee: {}, ...scenario } : scenario;
}

async function make(
  options: CallOptions,
  stack: RunningStack,
  onEvent?: NonNullable<RunCallOptions['onEvent']>,
): Promise<void> {
  await withTools(stack, async (tools) => {
    const call = { tools, scenario: scenarioOf(options), write: console.log };
    const { report, wav } = await runCall(onEvent ? { ...call, onEvent } : call);
    printReport(console.log, report, stack.config.TEMPORAL_UI_URL);
    if (options.wav !== undefined) {
      await writeFile(options.wav, await wav());
      console.log(`sound           ${options.wav} (left: what the caller heard, right: what the caller said)`);
    }
    if (!report.ok) process.exitCode = 1;
    if (options.json) console.log(JSON.stringify(report));
  });
}
