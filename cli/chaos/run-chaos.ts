import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { type CallAccount, type ChaosFigures, accountCall, sumUp } from './account.ts';
import { openChaosCalls, type ChaosCalls } from './chaos-calls.ts';
import { type ChaosStack, startChaosStack } from './chaos-stack.ts';
import type { Fault } from './faults.ts';

export interface ChaosOptions {
  env: Readonly<Record<string, string | undefined>>;
  faults: readonly Fault[];
  /** Live at the same time, under each fault. */
  calls: number;
  scenario: Scenario;
  /** What the caller says last. */
  lastWords: string;
  /** What the processes write. */
  log: (part: string, line: string) => void;
  write: (line: string) => void;
}

export interface ChaosReport extends ChaosFigures {
  byFault: Record<string, ChaosFigures>;
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
      const byFault: Record<string, ChaosFigures> = {};
      const all: CallAccount[] = [];
      for (const fault of faults) {
        log('chaos', `--- ${fault.name}`);
        const accounts = await strike(stack, calls, fault, options);
        all.push(...accounts);
        const figures = sumUp(accounts);
        byFault[fault.name] = figures;
        write(row(fault.name, figures));
        for (const note of accounts.flatMap(({ notes }) => notes)) write(`  ${note}`);
        await stack.untilWhole(wholeWithinMs);
      }
      return { ...sumUp(all), byFault };
    } finally {
      await calls.close();
    }
  } finally {
    await stack.stop();
  }
}

async function strike(
  stack: ChaosStack,
  calls: ChaosCalls,
  fault: Fault,
  { calls: count, lastWords, log }: ChaosOptions,
): Promise<CallAccount[]> {
  const callIds: string[] = [];
  for (let i = 0; i < count; i++) {
    callIds.push(await calls.ring());
    await delay(spreadMs / count);
  }
  await delay(runUpMs);
  const fromMs = Date.now();
  log('chaos', `${fault.name} strikes`);
  await fault.strike(stack);
  const window = { fromMs, untilMs: Date.now() + wholeWithinMs, lastWords };
  const accounts: CallAccount[] = [];
  for (let i = 0; i < callIds.length; i += atOnce) {
    const some = callIds.slice(i, i + atOnce).map(async (callId) => {
      const account = accountCall(await calls.collect(callId), window);
      return { ...account, notes: account.notes.map((note) => `${callId} ${note}`) };
    });
    accounts.push(...(await Promise.all(some)));
  }
  return accounts;
}

export const heading =
  'fault                            calls dropped moved expected stored lost doubled no text   gap p50 / p95 / max';

function row(name: string, figures: ChaosFigures): string {
  const { calls, dropped, moved, turnsExpected, turnsStored, turnsLost, turnsDoubled, textsMissing, gapMs } = figures;
  const cells: readonly (readonly [number, number])[] = [
    [calls, 5],
    [dropped, 7],
    [moved, 5],
    [turnsExpected, 8],
    [turnsStored, 6],
    [turnsLost, 4],
    [turnsDoubled, 7],
    [textsMissing, 7],
  ];
  const shown = cells.map(([value, width]) => String(value).padStart(width)).join(' ');
  return `${name.padEnd(32)} ${shown}   ${gapMs.p50} / ${gapMs.p95} / ${gapMs.max} ms`;
}
