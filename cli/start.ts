/** `npm start [-- --only api,worker]`: the whole product, or a part of it, until it is stopped. */
import { isAbsolute, join } from 'node:path';
import { type Config, readConfig } from '../contracts/config.ts';
import { AppError, messageOf } from '../contracts/errors.ts';
import { type CommandLine, readCommandLine, runCommand, WrongUsage } from './running/command-line.ts';
import { seedDemo } from './seed/seed-demo.ts';
import { seedDemoTemplates } from './templates/seed-demo-templates.ts';
import type { Addresses } from './supervisor/child-env.ts';
import { evacuateStack } from './supervisor/evacuation.ts';
import { claimDataDir, type Instance, releaseDataDir, updateInstance } from './supervisor/instance-file.ts';
import { parseOnly, processNames, type ProcessName } from './supervisor/process-plan.ts';
import { readSimulatorPorts } from './supervisor/simulator-settings.ts';
import { type Stack, startStack } from './supervisor/stack.ts';

const root = join(import.meta.dirname, '..');
/** npm and the terminal may both send the signal of one Ctrl-C. */
const oneKeyPressMs = 300;

const startLine = {
  usage: ['npm start', 'npm start -- --only NAME,…'],
  summary: 'runs the whole product with its demo tenant, or a part of it, until Ctrl-C; the settings stand in .env',
  options: {
    only: { type: 'string', value: 'NAME,…', help: `runs these alone: ${processNames.join(', ')}` },
  },
} as const satisfies CommandLine;

const args = process.argv.slice(2);
await runCommand(startLine, args, async () => {
  const only = readOnly();
  try {
    await main(only);
  } catch (failure) {
    const message = failure instanceof AppError ? failure.message : `start failed: ${messageOf(failure)}`;
    process.stderr.write(lineOf('supervisor', message));
    if (!(failure instanceof AppError)) console.error(failure);
    process.exitCode = 1;
  }
});
process.exit(); // whatever an aborted start still waits for

async function main(only: ProcessName[] | undefined): Promise<void> {
  const startedMs = performance.now();
  const config = readConfig(process.env);
  const ports = readSimulatorPorts(process.env);
  const dataDir = isAbsolute(config.DATA_DIR) ? config.DATA_DIR : join(root, config.DATA_DIR);

  const claim = await claimDataDir(dataDir, only ?? processNames);
  if (claim.other) throw new AppError('port-in-use', alreadyRuns(claim.other, dataDir));
  try {
    await run(claim.instance);
    say('supervisor', 'stopped');
  } finally {
    await releaseDataDir(dataDir);
  }

  async function run(instance: Instance): Promise<void> {
    const stopping = new AbortController();
    let stack: Stack | undefined;
    const stopped = untilStopped(stopping, () => stack);
    try {
      stack = await startStack({
        root,
        dataDir,
        config,
        ports,
        env: process.env,
        only,
        say,
        evacuate,
        signal: stopping.signal,
      });
    } catch (failure) {
      if (!stopping.signal.aborted) throw failure;
      return;
    }
    const demo = only ? [] : await seed(stack);
    await updateInstance(dataDir, { ...instance, addresses: stack.addresses, ready: true });
    for (const line of whereToLook(stack, config, (performance.now() - startedMs) / 1000)) say('supervisor', line);
    for (const line of [...demo, '  Ctrl-C stops everything']) say('supervisor', line);
    await stopped;
  }

  /** Seeds the demo; returns where it is rung. */
  async function seed({ addresses }: Stack): Promise<string[]> {
    try {
      const running = readConfig({ ...process.env, ...addresses });
      const seeded = await seedDemo(running, ports.SIM_CRM_PORT);
      const demos = seeded.map(({ tenantId, phoneNumber }) => `${phoneNumber} (tenant ${tenantId})`);
      const templates = await seedDemoTemplates(running, ports.SIM_CRM_PORT);
      return [...demos, ...templates].map((where) => `  ${'demo number'.padEnd(14)} ${where}`);
    } catch (failure) {
      return [`  the demo could not be seeded: ${messageOf(failure)}`];
    }
  }
}

async function evacuate(addresses: Addresses, deadlineMs: number): Promise<void> {
  const counts = await evacuateStack(readConfig({ ...process.env, ...addresses }), deadlineMs);
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  if (found.length > 0) say('supervisor', `live calls: ${found.map(([what, count]) => `${count} ${what}`).join(', ')}`);
}

/** Resolves when a signal has asked for the end and `stack`, if it is up, has stopped; a second Ctrl-C does not wait. */
function untilStopped(stopping: AbortController, stack: () => Stack | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstMs = 0;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (!stopping.signal.aborted) {
      firstMs = nowMs;
      stopping.abort();
      say('supervisor', 'stopping; Ctrl-C again to stop at once');
      void (stack()?.stop() ?? Promise.resolve()).then(resolve);
    } else if (nowMs - firstMs > oneKeyPressMs) {
      process.exitCode = 130;
      void (stack()?.kill() ?? Promise.resolve()).then(resolve);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return promise;
}

function readOnly(): ProcessName[] | undefined {
  const { values } = readCommandLine(startLine, args);
  if (values.only === undefined) return undefined;
  const { names, unknown } = parseOnly(values.only);
  if (unknown.length === 0 && names.length > 0) return names;
  throw new WrongUsage(`--only takes names of ${processNames.join(', ')}; not ${unknown.join(', ')}`);
}

function alreadyRuns({ pid, startedAt }: Instance, dataDir: string): string {
  return (
    `Switchboard already runs on ${dataDir} (process ${pid}, since ${startedAt}). ` +
    'Stop it with Ctrl-C in its terminal, or give this one a DATA_DIR and ports of its own.'
  );
}

function whereToLook({ plan, addresses }: Stack, config: Config, seconds: number): string[] {
  const runs = (name: ProcessName): boolean => plan.processes.some((process) => process.name === name);
  const lines = [`ready in ${seconds.toFixed(1)} s: ${plan.processes.map(({ name }) => name).join(', ')}`];
  const place = (what: string, where: string | undefined): void => {
    if (where) lines.push(`  ${what.padEnd(14)} ${where}`);
  };
  if (runs('api')) place('API', `http://127.0.0.1:${config.API_PORT} (public: ${config.PUBLIC_URL})`);
  if (runs('media-gateway'))
    place('media gateway', `ws://127.0.0.1:${config.GATEWAY_PORT} (public: ${config.GATEWAY_PUBLIC_URL})`);
  place('Temporal UI', addresses.TEMPORAL_UI_URL ?? config.TEMPORAL_UI_URL);
  place('phone network', addresses.TWILIO_BASE_URL && `${addresses.TWILIO_BASE_URL} (simulated)`);
  place('model', addresses.GEMINI_BASE_URL && `${addresses.GEMINI_BASE_URL} (simulated)`);
  if (runs('phone-network')) lines.push('  npm run call, in another terminal, rings the demo number');
  return lines;
}

function say(part: string, line: string): void {
  process.stdout.write(lineOf(part, line));
}

function lineOf(part: string, line: string): string {
  return `${part.padEnd(14)} ${line}\n`;
}
