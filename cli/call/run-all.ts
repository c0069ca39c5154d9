import { runCall, type FinishedCall, type RunCallOptions } from './run-call.ts';
import type { CallReport } from './call-report.ts';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';

export interface RunAllOptions extends Pick<RunCallOptions, 'config' | 'crmPort'> {
  scenarios: readonly Scenario[];
  /** How many calls go on at the same time. */
  atOnce: number;
  /** Told of each call as soon as it is over. */
  onResult: (result: NamedReport) => void;
  /** Makes one call; tests make their own. */
  call?: (options: RunCallOptions) => Promise<Pick<FinishedCall, 'report'>>;
}

/** A call's report under its scenario's name; without one the call could not be made, and `faults` says why. */
export interface NamedReport {
  scenario: string;
  ok: boolean;
  faults: readonly string[];
  report?: CallReport;
}

/** Makes the calls of all scenarios on one stack, several at a time, in the scenarios' order. Never throws. */
export async function runAll({
  scenarios,
  atOnce,
  onResult,
  call = runCall,
  ...stack
}: RunAllOptions): Promise<NamedReport[]> {
  const results: NamedReport[] = [];
  const waiting = scenarios.values();
  async function work(): Promise<void> {
    for (const scenario of waiting) {
      const result = await reportOf(scenario.name, () => call({ ...stack, scenario, write: () => undefined }));
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
  try {
    const { report } = await make();
    return { scenario, ok: report.ok, faults: report.faults, report };
  } catch (failure) {
    return { scenario, ok: false, faults: [failure instanceof Error ? failure.message : String(failure)] };
  }
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
