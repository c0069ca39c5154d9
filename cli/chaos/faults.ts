/** What goes wrong: one process each, killed or stopped; all sockets of the model at once; and what operators do. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { createModelClient } from '../call/model-client.ts';
import type { ChaosStack, TwinName } from './chaos-stack.ts';
import type { FaultPromise } from './turn-account.ts';

export interface Fault extends FaultPromise {
  name: string;
  /** The longest silence that 19 of 20 callers may hear; absent where none is promised. */
  gapGoalMs?: number;
  /** New calls are rung within so long from the moment that it is on. */
  ringWithinMs: number;
  /** Returns as soon as it is on; `over` resolves when a process that was stopped goes on. */
  strike: (stack: ChaosStack) => Promise<{ over: Promise<void> }>;
}

const stoppedMs = 10_000;
const afterKillMs = 2_000;
/** About as long as the first half takes. */
const restartMs = 20_000;
const killGapMs = 3_000;
const stoppedGatewayGapMs = 5_000;
/** Long enough for a sentence to be spoken without the database. */
const silentMs = 3_000;
const restartedWithinMs = 60_000;
const twins: readonly TwinName[] = ['media-gateway', 'worker', 'api'];
const services = ['temporal', 'postgres'] as const;
type Part = TwinName | (typeof services)[number];

const shortName = (part: Part): string => (part === 'media-gateway' ? 'gateway' : part);
const parts: readonly Part[] = [...twins, ...services];
/** Of the processes only a gateway holds calls: the death of any other is not heard. */
const promiseOf = (part: Part): FaultPromise => (part === 'media-gateway' ? heardOnce : unheard);
const heardOnce: FaultPromise = { mayMove: true, mostApologies: 1 };
const unheard: FaultPromise = { mayMove: false, mostApologies: 0 };

export const faults: readonly Fault[] = [
  ...parts.map((part) => ({
    name: `${shortName(part)}-killed`,
    ...promiseOf(part),
    gapGoalMs: killGapMs,
    ringWithinMs: afterKillMs,
    strike: async (stack: ChaosStack) => {
      signalAll(await processesOf(stack, part), 'SIGKILL');
      return { over: Promise.resolve() };
    },
  })),
  {
    name: 'model-sockets-killed',
    mayMove: false,
    mostApologies: 1,
    gapGoalMs: killGapMs,
    ringWithinMs: afterKillMs,
    strike: breakModelSockets,
  },
  ...parts.map((part) => ({
    name: `${shortName(part)}-stopped`,
    ...promiseOf(part),
    ...(part === 'media-gateway' && { gapGoalMs: stoppedGatewayGapMs, deafAtOnce: true as const }),
    ringWithinMs: stoppedMs,
    strike: async (stack: ChaosStack) => {
      const pids = await processesOf(stack, part);
      signalAll(pids, 'SIGSTOP');
      return { over: delay(stoppedMs).then(() => signalAll(pids, 'SIGCONT')) };
    },
  })),
  {
    name: 'gateway-killed-without-postgres',
    ...heardOnce,
    ringWithinMs: 2 * silentMs,
    strike: killWithoutPostgres,
  },
  {
    name: 'rolling-restart',
    mayMove: true,
    mostApologies: 0,
    alwaysHears: true,
    ringWithinMs: restartMs,
    strike: async (stack) => ({ over: restartAll(stack) }),
  },
];

/** A death that only the disk survives, and one that the carrier notices: what the tests run. */
export const shortFaults: readonly string[] = ['gateway-killed', 'gateway-killed-without-postgres'];

/** The database stands still while a gateway dies: what was said last is on the disk alone. */
async function killWithoutPostgres(stack: ChaosStack): Promise<{ over: Promise<void> }> {
  const postgres = await processesOf(stack, 'postgres');
  signalAll(postgres, 'SIGSTOP');
  return { over: killLater() };

  async function killLater(): Promise<void> {
    await delay(silentMs);
    signalAll(await processesOf(stack, 'media-gateway'), 'SIGKILL');
    await delay(silentMs);
    signalAll(postgres, 'SIGCONT');
  }
}

/** Each process in order, the twins after the first ones. */
async function restartAll(stack: ChaosStack): Promise<void> {
  for (const isTwin of [false, true]) {
    const pids = twins.flatMap((name) => (isTwin ? stack.twinPid(name) : stack.pidOf(name)) ?? []);
    signalAll(pids, 'SIGTERM');
    while (pids.some(isRunning)) await delay(100);
    await stack.untilWhole(restartedWithinMs);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The first of two; of Postgres the server with all its backends, each of which leads a session of its own. */
async function processesOf(stack: ChaosStack, part: Part): Promise<number[]> {
  const pid = part === 'temporal' || part === 'postgres' ? await stack.servicePid(part) : stack.pidOf(part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  return part === 'postgres' ? [pid, ...(await childrenOf(pid))] : [pid];
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number);
    return ppid === parent ? [pid] : [];
  });
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // a backend that has gone meanwhile
    }
  }
}

async function breakModelSockets({ config }: ChaosStack): Promise<{ over: Promise<void> }> {
  await createModelClient(config).spring('close-1006');
  return { over: Promise.resolve() };
}
