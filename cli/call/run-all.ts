import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import type { CallReport } from './call-report.ts';
import type { FinishedCall } from './run-call.ts';

export interface RunAllOptions {
  scenarios: readonly Scenario[];
  /** Seeds what a scenario's call needs; `call` may wait for the same. */
  prepare: (scenario: Scenario) => Promise<unknown>;
  call: (scenario: Scenario) => Promise<Pick<FinishedCall, 'report'>>;
  /** How many calls go on at the same time. */
  atOnce: number;
  /** Told of each call as soon as it is over. */
  onResult: (result: NamedReport) => void;
}

/** A call's report under its scenario's name; without one the call could not be made, and `faults` says why. */
export interface NamedReport {
  scenario: string;
  ok: boolean;
  faults: readonly string[];
  /** From the moment at which its turn came to the last word about it. */
  tookMs: number;
  report?: CallReport;
}

/**
 * Makes the calls of all scenarios on one stack, several at a time, in the scenarios' order. Their tenants are seeded
 * meanwhile, one after the other, so that seeding costs no call the time of the processes. Never throws.
 */
export async function runAll({ scenarios, prepare, call, atOnce, onResult }: RunAllOptions): Promise<NamedReport[]> {
  for (const scenario of scenarios) prepare(scenario).catch(() => undefined); // its call says what is wrong
  const results: NamedReport[] = [];
  const waiting = scenarios.values();
  async function work(): Promise<void> {
    for (const scenario of waiting) {
      const result = await reportOf(scenario.name, () => call(scenario));
      results.push(result);
      onResult(result);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** A call's report, or the failure that it ended in before there was one. */
export async function reportOf(
  scenario: string,
  make: () => Promise<Pick<FinishedCall, 'report'>>,
): Promise<NamedReport> {
  const startedMs = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedMs);
  try {
    const { report } = await make();
    return { scenario, ok: report.ok, faults: report.faults, tookMs: tookMs(), report };
  } catch (failure) {
    const faults = [failure instanceof Error ? failure.message : String(failure)];
    return { scenario, ok: false, faults, tookMs: tookMs() };
  }
}

/** How much of the time that calls side by side had was spent in calls, in percent, and how much of that after their end. */
export function laneUse(results: readonly NamedReport[], atOnce: number, tookMs: number): string {
  const sum = (of: (result: NamedReport) => number): number => results.reduce((all, result) => all + of(result), 0);
  const inCallsMs = sum((result) => result.tookMs);
  const talkedMs = sum(({ report }) => report?.durationMs ?? 0);
  const percent = (ms: number): string => `${Math.round((100 * ms) / (tookMs * atOnce))} %`;
  return `${atOnce} calls at once: busy ${percent(inCallsMs)} of ${(tookMs / 1000).toFixed(0)} s, talking ${percent(talkedMs)}`;
}

/** The last words about many calls: of each that went wrong why, and how to look at it alone. */
export function summaryOf(calls: readonly NamedReport[], tookMs: number): string {
  const wrong = calls.filter(({ ok }) => !ok);
  const minutes = (tookMs / 60_000).toFixed(1);
  const count = `${calls.length} calls in ${minutes} min: ${calls.length - wrong.length} as they should, ${wrong.length} not`;
  const reasons = wrong.flatMap(({ scenario, faults, report }) => [
    '',
    `${scenario}${report ? ` (call ${report.callId})` : ''}`,
    ...faults.map((fault) => `  FAULT     ${fault}`),
    `  timeline  .data/calls/${scenario}.txt`,
    `  alone     npm run call -- --scenario ${scenario}`,
  ]);
  return [count, ...reasons].join('\n');
}

/** One line for a person who waits for many. */
export function lineOf({ scenario, ok, faults, report }: NamedReport): string {
  const facts = report
    ? [
        `${(report.durationMs / 1000).toFixed(1)} s`.padStart(7),
        `turn p50 ${report.turnLatencyMs.p50} ms`.padEnd(17),
        `silence ${report.longestSilenceMs} ms`.padEnd(15),
        report.outcome ?? '',
      ]
    : [];
  const words = [ok ? 'ok   ' : 'FAULT', scenario.padEnd(36), ...facts].join('  ');
  return [words, ...faults.map((fault) => `         ${fault}`)].join('\n');
}
