/**
 * The whole product, or a part of it, as one supervised process tree.
 *
 * 1. Postgres and Temporal are up before a process that uses them starts; they go after it, Postgres last.
 * 2. Every process leads a group of its own: a terminal's Ctrl-C reaches the supervisor alone.
 * 3. `stop` is over within `stopDeadlineMs` whatever its steps do; after it, and after `kill`, nothing is left.
 * 4. If the supervisor itself is killed, the guard of `last-resort.mjs` ends what is left.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../contracts/config.ts';
import { messageOf } from '../../contracts/errors.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { assertRoleIsBound, prepareDatabase } from '../../db/prepare-database.ts';
import { type DevServer, startDevServer } from '../../temporal/dev-server.ts';
import { findTemporalCli } from '../../temporal/find-cli.ts';
import { type Addresses, childEnv, type Environment } from './child-env.ts';
import { type LastResort, startLastResort } from './last-resort.ts';
import { assertPortsFree, type WantedPort } from './ports.ts';
import { type Plan, type PlannedProcess, type ProcessName, planProcesses } from './process-plan.ts';
import { untilReady } from './readiness.ts';
import type { SimulatorPorts } from './simulator-settings.ts';
import { SupervisedChild } from './supervised-child.ts';
import { type SupervisedService, superviseService } from './supervised-service.ts';

export interface StackOptions {
  /** The repository. */
  root: string;
  /** Absolute. */
  dataDir: string;
  config: Config;
  ports: SimulatorPorts;
  env: Environment;
  only?: readonly ProcessName[] | undefined;
  /** Aborting it ends a start that is under way. */
  signal: AbortSignal;
  /** One line about a part: what the supervisor says, or what the part wrote. */
  say: (part: string, line: string) => void;
  /**
   * Takes care of live calls before anything stops, within `deadlineMs`. Called only where the database goes down with
   * us: calls in a database of others' can move to their processes.
   */
  evacuate?: (addresses: Addresses, deadlineMs: number) => Promise<void>;
}

export interface Stack {
  plan: Plan;
  /** By variable name: what a client of this stack needs in its environment. */
  addresses: Addresses;
  /** The process of this name, while it runs. */
  pidOf(name: ProcessName): number | undefined;
  stop(): Promise<void>;
  /** At once: no evacuation, no grace. */
  kill(): Promise<void>;
}

const evacuationMs = 2500;
const productGraceMs = 3500;
const simulatorGraceMs = 500;
const serviceGraceMs = 1200;
const stopDeadlineMs = 9500;
const abortGraceMs = 3000;

interface Parts {
  children: SupervisedChild[];
  simulators: SupervisedChild[];
  temporal?: SupervisedService<DevServer & { ended: Promise<unknown> }>;
  postgres?: SupervisedService<EmbeddedPostgres>;
  guard: LastResort;
}

/** Starts what the configuration asks for and returns when all of it is ready; on failure nothing is left running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, ports, only, say } = options;
  const plan = planProcesses({ config, ports, only });
  await assertPortsFree(await wantedPorts(options, plan));
  const parts: Parts = { children: [], simulators: [], guard: startLastResort() };
  const addresses: Addresses = ownAddresses(options, plan);
  try {
    await startServices(options, plan, parts, addresses);
    options.signal.throwIfAborted();
    await startChildren(options, plan, parts, addresses);
    options.signal.throwIfAborted();
  } catch (failure) {
    await killAll(parts);
    throw failure;
  }
  return {
    plan,
    addresses,
    pidOf: (name) => [...parts.children, ...parts.simulators].find((child) => child.name === name)?.pid,
    kill: () => killAll(parts),
    async stop() {
      const inTime = stopInOrder(options, parts, addresses).then(() => true);
      if (!(await Promise.race([inTime, delay(stopDeadlineMs, false)]))) {
        say('supervisor', 'not everything stopped in time: killing the rest');
        await killAll(parts);
      }
    },
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
  };
}

async function startServices(options: StackOptions, plan: Plan, parts: Parts, addresses: Addresses): Promise<void> {
  const starts = Promise.allSettled([
    startDatabase(options, plan, parts, addresses),
    startTemporal(options, plan, parts),
  ]);
  // What is half started is waited for, so that it can be stopped; but not for a download.
  const impatience = aborted(options.signal).then(() =>
    delay<PromiseSettledResult<void>[]>(abortGraceMs, [], { ref: false }),
  );
  const failed = (await Promise.race([starts, impatience])).find(isRejected);
  if (failed) throw failed.reason;
}

async function startDatabase(options: StackOptions, plan: Plan, parts: Parts, addresses: Addresses): Promise<void> {
  const { config, dataDir, say } = options;
  const log = (line: string): void => say('postgres', line);
  if (plan.startsPostgres) {
    const serverDir = join(dataDir, 'postgres');
    parts.postgres = await superviseService({
      say: log,
      nowMs: () => performance.now(),
      start: async () => {
        const server = await startEmbeddedPostgres({ dataDir: serverDir, port: config.DATABASE_PORT, log });
        const pid = await postmasterPid(serverDir);
        if (pid) void server.ended.then(parts.guard.watch(pid, 'SIGINT'));
        return server;
      },
    });
    const { adminUrl, port } = parts.postgres.current();
    const { applicationUrl, migrationUrl } = await prepareDatabase({ adminUrl });
    Object.assign(addresses, { DATABASE_URL: applicationUrl, DATABASE_MIGRATION_URL: migrationUrl });
    log(`embedded, on 127.0.0.1:${port}`);
  } else if (config.DATABASE_URL) {
    log('given by DATABASE_URL');
  } else {
    return;
  }
  const migrationUrl = addresses.DATABASE_MIGRATION_URL ?? config.DATABASE_MIGRATION_URL;
  if (migrationUrl) {
    const done = await migrate(migrationUrl);
    log(done.length > 0 ? `${done.length} migrations ran` : 'the schema is up to date');
  }
  await assertRoleIsBound(addresses.DATABASE_URL ?? config.DATABASE_URL ?? '');
}

async function startTemporal({ config, dataDir, env, say }: StackOptions, plan: Plan, parts: Parts): Promise<void> {
  const log = (line: string): void => say('temporal', line);
  if (!plan.startsTemporal) {
    if (config.TEMPORAL_ADDRESS) log('given by TEMPORAL_ADDRESS');
    return;
  }
  const cliPath = await findTemporalCli({
    ...(config.TEMPORAL_CLI && { cliPath: config.TEMPORAL_CLI }),
    searchPath: env['PATH'] ?? '',
    binDir: join(dataDir, 'bin'),
    say: log,
  });
  parts.temporal = await superviseService({
    say: log,
    nowMs: () => performance.now(),
    start: async () => {
      const server = await startDevServer({
        cliPath,
        port: config.TEMPORAL_PORT,
        uiPort: config.TEMPORAL_UI_PORT,
        dbFile: join(dataDir, 'temporal.db'),
        codecEndpoint: `http://127.0.0.1:${config.CODEC_PORT}`,
      });
      void server.exited.then(parts.guard.watch(server.pid));
      return { ...server, ended: server.exited };
    },
  });
  log(`a local server, on 127.0.0.1:${config.TEMPORAL_PORT}`);
}

async function startChildren(options: StackOptions, plan: Plan, parts: Parts, addresses: Addresses): Promise<void> {
  const { root, say, env, config, ports, signal } = options;
  const ready = plan.processes.map(async (planned) => {
    const child = new SupervisedChild(
      {
        name: planned.name,
        file: process.execPath,
        args: [...planned.nodeArgs, join(root, planned.main)],
        cwd: root,
        env: childEnv({ process: planned, env, config, ports, addresses }),
      },
      {
        say: (line) => say('supervisor', `${planned.name} ${line}`),
        output: (line) => say(planned.name, line),
        watched: (groupId) => parts.guard.watch(-groupId),
        nowMs: () => performance.now(),
      },
    );
    (planned.isSimulator ? parts.simulators : parts.children).push(child);
    child.start();
    await untilReady({
      url: healthUrl(planned, config),
      signal,
      waiting: (why) => say('supervisor', `${planned.name} is not ready: ${why}`),
    });
    say('supervisor', `${planned.name} is ready`);
  });
  await Promise.all(ready);
}

/** A process that listens on all addresses is asked on loopback. */
function healthUrl({ name, port }: PlannedProcess, config: Config): string {
  const given = name === 'api' ? config.API_HOST : name === 'media-gateway' ? config.GATEWAY_HOST : '127.0.0.1';
  const host = given === '0.0.0.0' || given === '::' ? '127.0.0.1' : given;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function stopInOrder(options: StackOptions, parts: Parts, addresses: Addresses): Promise<void> {
  if (parts.postgres) await evacuate(options, addresses);
  await Promise.all(parts.children.map((child) => child.stop(productGraceMs)));
  await Promise.all(parts.simulators.map((child) => child.stop(simulatorGraceMs)));
  await stopService(parts.temporal, () => forceTemporal(parts));
  await stopService(parts.postgres, () => undefined);
  parts.guard.close();
}

async function evacuate({ evacuate: move, say }: StackOptions, addresses: Addresses): Promise<void> {
  const moved = move?.(addresses, evacuationMs).catch((failure: unknown) => {
    say('supervisor', `live calls could not be moved: ${messageOf(failure)}`);
  });
  const late = delay(evacuationMs + 200, 'late', { ref: false });
  if ((await Promise.race([moved, late])) === 'late') say('supervisor', 'moving live calls took too long');
}

async function killAll(parts: Parts): Promise<void> {
  forceTemporal(parts);
  await Promise.all([
    ...[...parts.children, ...parts.simulators].map((child) => child.kill()),
    stopService(parts.temporal, () => undefined),
    stopService(parts.postgres, () => undefined),
  ]);
  parts.guard.close(); // it ends what may still be there
}

/** Stops a service, with force after a short grace; a service that even then remains is left to the guard. */
async function stopService(service: { stop(): Promise<void> } | undefined, force: () => void): Promise<void> {
  if (!service) return;
  const stopped = service.stop().then(() => true);
  if (await Promise.race([stopped, delay(serviceGraceMs, false)])) return;
  force();
  await Promise.race([stopped, delay(serviceGraceMs)]);
}

function forceTemporal({ temporal }: Parts): void {
  const server = temporal?.current();
  try {
    if (server) process.kill(server.pid, 'SIGKILL');
  } catch {
    // it has gone
  }
}

const isRejected = (result: PromiseSettledResult<void>): result is PromiseRejectedResult =>
  result.status === 'rejected';

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** The first line of Postgres's own pid file. */
async function postmasterPid(serverDir: string): Promise<number | undefined> {
  const text = await readFile(join(serverDir, 'cluster', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}
