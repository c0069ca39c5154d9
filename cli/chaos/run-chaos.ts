import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { type CallAccount, type ChaosFigures, accountCall, sumUp } from './account.ts';
import { openChaosCalls, type ChaosCalls } from './chaos-calls.ts';
import { type ChaosStack, startChaosStack } from './chaos-stack.ts';
import { gapReached, row } from './chaos-table.ts';
import type { Fault } from './faults.ts';
import { accountNewCall, type NewCallAccount, type NewCallFigures, sumUpNewCalls } from './new-calls.ts';

export interface ChaosOptions {
  env: Readonly<Record<string, string | undefined>>;
  faults: readonly Fault[];
  /** Live at the same time, under each fault. */
  calls: number;
  /** Rung while a fault is on. */
  newCalls: number;
  scenario: Scenario;
  /** What the caller says last, and what the assistant says after a death and where it has not understood. */
  lastWords: string;
  apology: string;
  askedAgain: string;
  /** What the processes write. */
  log: (part: string, line: string) => void;
  write: (line: string) => void;
}

export interface FaultFigures extends ChaosFigures {
  newCalls: NewCallFigures;
}

export interface ChaosReport extends FaultFigures {
  /** `gapReached` tells whether `gapMs.p95` is within the fault's goal; null where it has none. It is no part of `ok`: a time is the machine's too. */
  byFault: Record<string, FaultFigures & { gapGoalMs: number | null; gapReached: boolean | null }>;
}

interface Accounts {
  live: CallAccount[];
  rung: NewCallAccount[];
}

/** Calls begin within this time, so that the fault meets them at different moments. */
const spreadMs = 6_000;
/** From the last beginning to the fault. */
const runUpMs = 6_000;
const wholeWithinMs = 30_000;
/** Recordings that are listened to at the same time. */
const atOnce = 4;

/** Strikes a stack of its own with one fault after the other, each under calls of its own, and accounts for every call. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { env, faults, scenario, log, write } = options;
  const stack = await startChaosStack(env, log);
  try {
    const calls = await openChaosCalls(stack, scenario);
    try {
      const byFault: ChaosReport['byFault'] = {};
      const all: Accounts = { live: [], rung: [] };
      for (const fault of faults) {
        log('chaos', `--- ${fault.name}`);
        const accounts = await strike(stack, calls, fault, options);
        all.live.push(...accounts.live);
        all.rung.push(...accounts.rung);
        const figures = figuresOf(accounts);
        byFault[fault.name] = {
          ...figures,
          gapGoalMs: fault.gapGoalMs ?? null,
          gapReached: gapReached(fault, figures),
        };
        write(row(fault, figures));
        for (const note of [...accounts.live, ...accounts.rung].flatMap(({ notes }) => notes)) write(`  ${note}`);
        await stack.untilWhole(wholeWithinMs);
      }
      return { ...figuresOf(all), byFault };
    } finally {
      await calls.close();
    }
  } finally {
    await stack.stop();
  }
}

function figuresOf({ live, rung }: Accounts): FaultFigures {
  const figures = sumUp(live);
  const newCalls = sumUpNewCalls(rung);
  return { ...figures, ok: figures.ok && newCalls.ok, newCalls };
}

async function strike(
  stack: ChaosStack,
  calls: ChaosCalls,
  fault: Fault,
  { calls: count, newCalls, lastWords, apology, askedAgain, log }: ChaosOptions,
): Promise<Accounts> {
  const live = await ringEach(count, spreadMs, () => calls.ring());
  await delay(runUpMs);
  const fromMs = Date.now();
  log('chaos', `${fault.name} strikes`);
  const { over } = await fault.strike(stack);
  // Whoever says his last words only after a long silence has heard all that comes after a handover.
  const steps = [{ waitForQuiet: 6000, timeoutMs: 60_000 }, { say: lastWords }, { waitForHangUp: true }] as const;
  const [rung] = await Promise.all([ringEach(newCalls, fault.ringWithinMs, () => calls.ring(steps)), over]);
  const window = { fromMs, untilMs: Date.now() + wholeWithinMs, lastWords, apology, askedAgain, promise: fault };
  const accounts: Accounts = { live: [], rung: [] };
  await eachOf(live, async (callId) => {
    accounts.live.push(named(callId, accountCall(await calls.collect(callId), window)));
  });
  await eachOf(rung, async (callId) => {
    accounts.rung.push(named(callId, accountNewCall(await calls.collect(callId), window)));
  });
  return accounts;
}

/** Rings so many times, spread over a time. */
async function ringEach(count: number, withinMs: number, ring: () => Promise<string>): Promise<string[]> {
  const callIds: string[] = [];
  for (let i = 0; i < count; i++) {
    callIds.push(await ring());
    await delay(withinMs / count);
  }
  return callIds;
}

async function eachOf(callIds: readonly string[], work: (callId: string) => Promise<void>): Promise<void> {
  for (let i = 0; i < callIds.length; i += atOnce) await Promise.all(callIds.slice(i, i + atOnce).map(work));
}

function named<A extends { notes: readonly string[] }>(callId: string, account: A): A {
  return { ...account, notes: account.notes.map((note) => `${callId} ${note}`) };
}
