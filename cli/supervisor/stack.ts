/**
 * The whole product, or a part of it, as one supervised process tree.
 *
 * 1. Postgres and Temporal are up before a process of the product starts; they go after it, Postgres last.
 * 2. Every process leads a group of its own: a terminal's Ctrl-C reaches the supervisor alone.
 * 3. `stop` is over within 10 s whatever its steps do; after it, and after `kill`, nothing is left.
 * 4. If the supervisor itself is killed, the guard of `last-resort.mjs` ends what is left.
 */
import { join, resolve } from 'node:path';
import type { Config } from '../../contracts/config.ts';
import { type Addresses, childEnv } from './child-env.ts';
import { startLastResort } from './last-resort.ts';
import { assertPortsFree, type WantedPort } from './ports.ts';
import { type Plan, type PlannedProcess, type ProcessName, planProcesses } from './process-plan.ts';
import { untilReady } from './readiness.ts';
import type { StackOptions, StackParts } from './stack-parts.ts';
import { postmasterPid, startServices } from './stack-services.ts';
import { killStack, stopStack } from './stop-stack.ts';
import { SupervisedChild } from './supervised-child.ts';

export interface Stack {
  plan: Plan;
  /** By variable name: what a client of this stack needs in its environment. */
  addresses: Addresses;
  /** The process of this name, while it runs. */
  pidOf(name: ProcessName): number | undefined;
  /** The server of a service that was started here, while it runs; of Postgres its first process. */
  servicePid(name: 'postgres' | 'temporal'): Promise<number | undefined>;
  stop(): Promise<void>;
  /** At once: no evacuation, no grace. */
  kill(): Promise<void>;
}

/** Starts what the configuration asks for and returns when all of it is ready; on failure nothing is left running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, ports, only } = options;
  const plan = planProcesses({ config, ports, only });
  await assertPortsFree(await wantedPorts(options, plan));
  const parts: StackParts = { children: [], simulators: [], guard: startLastResort() };
  const addresses = ownAddresses(options, plan);
  const givenUp = new AbortController();
  const signal = AbortSignal.any([options.signal, givenUp.signal]);
  const start = (processes: readonly PlannedProcess[]): Promise<void>[] =>
    processes.map((planned) => startChild({ ...options, signal }, planned, parts, addresses));
  const services = startServices({ ...options, signal }, plan, parts, addresses);
  try {
    await Promise.all([services, ...start(plan.processes.filter(({ isSimulator }) => isSimulator))]);
    signal.throwIfAborted();
    await Promise.all(start(plan.processes.filter(({ isSimulator }) => !isSimulator)));
    signal.throwIfAborted();
  } catch (failure) {
    givenUp.abort();
    await Promise.allSettled([services]); // a service that is half started can be stopped when it is up
    await killStack(parts);
    throw failure;
  }
  return {
    plan,
    addresses,
    pidOf: (name) => [...parts.children, ...parts.simulators].find((child) => child.name === name)?.pid,
    servicePid: async (name) =>
      name === 'temporal' ? parts.temporal?.current().pid : postmasterPid(join(options.dataDir, 'postgres')),
    stop: () => stopStack(options, parts, addresses),
    kill: () => killStack(parts),
  };
}

async function wantedPorts({ config, dataDir }: StackOptions, plan: Plan): Promise<WantedPort[]> {
  const wanted: WantedPort[] = plan.processes.map(({ name, port, portVariable }) => ({
    name,
    port,
    variable: portVariable,
  }));
  if (plan.processes.some(({ name }) => name === 'api')) {
    wanted.push({ name: 'the codec server', port: config.CODEC_PORT, variable: 'CODEC_PORT' });
  }
  if (plan.startsTemporal) {
    wanted.push({ name: 'the Temporal server', port: config.TEMPORAL_PORT, variable: 'TEMPORAL_PORT' });
    wanted.push({ name: 'the Temporal UI', port: config.TEMPORAL_UI_PORT, variable: 'TEMPORAL_UI_PORT' });
  }
  // A server of an earlier run may still hold the port: it is stopped before a new one starts.
  if (plan.startsPostgres && !(await postmasterPid(join(dataDir, 'postgres')))) {
    wanted.push({ name: 'Postgres', port: config.DATABASE_PORT, variable: 'DATABASE_PORT' });
  }
  return wanted;
}

/** Known before anything runs; the database's and Temporal's follow when they are up. */
function ownAddresses({ config, ports, dataDir, root }: StackOptions, plan: Plan): Addresses {
  const runs = (name: ProcessName): boolean => plan.processes.some((process) => process.name === name);
  return {
    DATA_DIR: dataDir,
    KEY_FILE: resolve(root, config.KEY_FILE),
    ...(plan.startsTemporal && { TEMPORAL_ADDRESS: `127.0.0.1:${config.TEMPORAL_PORT}` }),
    ...(plan.startsTemporal && {
      TEMPORAL_UI_URL: config.TEMPORAL_UI_URL ?? `http://127.0.0.1:${config.TEMPORAL_UI_PORT}`,
    }),
    ...(runs('phone-network') && { TWILIO_BASE_URL: `http://127.0.0.1:${ports.SIM_PHONE_PORT}` }),
    ...(runs('realtime-model') && { GEMINI_BASE_URL: `http://127.0.0.1:${ports.SIM_MODEL_PORT}` }),
    ...(runs('openai-realtime') && { OPENAI_BASE_URL: `http://127.0.0.1:${ports.SIM_OPENAI_PORT}` }),
  };
}

async function startChild(
  { root, say, env, config, ports, signal, only }: StackOptions,
  planned: PlannedProcess,
  parts: StackParts,
  addresses: Addresses,
): Promise<void> {
  const { name, main, nodeArgs, isSimulator } = planned;
  const child = new SupervisedChild(
    {
      name,
      file: process.execPath,
      args: [...nodeArgs, join(root, main)],
      cwd: root,
      env: childEnv({ process: planned, env, config, ports, addresses }),
    },
    {
      say: (line) => say('supervisor', `${name} ${line}`),
      output: (line) => say(name, line),
      watched: (groupId) => parts.guard.watch(-groupId),
      nowMs: () => performance.now(),
    },
  );
  (isSimulator ? parts.simulators : parts.children).push(child);
  child.start();
  await untilReady({
    url: healthUrl(planned, config),
    signal,
    waiting: (why) => say('supervisor', `${name} is not ready: ${why}`),
    mayMiss: name === 'api' && only && !only.includes('media-gateway') ? ['gateway'] : [],
  });
  say('supervisor', `${name} is ready`);
}

/** A process that listens on all addresses is asked on loopback. */
function healthUrl({ name, port }: PlannedProcess, config: Config): string {
  const given = name === 'api' ? config.API_HOST : name === 'media-gateway' ? config.GATEWAY_HOST : '127.0.0.1';
  const host = given === '0.0.0.0' || given === '::' ? '127.0.0.1' : given;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
