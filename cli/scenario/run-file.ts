import { AppError } from '../../contracts/errors.ts';
import { runScenario, type ScenarioResult } from '../../contracts/flow/scenario/run-scenario.ts';
import { type LoadedScenario, loadScenario } from './load-scenario.ts';
import type { FileReport } from './scenario-report.ts';
import { compareScenario } from './temporal/compare-scenario.ts';
import { openOwnStage } from './temporal/own-stage.ts';

/** A file and what came of it, as far as it could be run. */
export interface FileRun {
  report: FileReport;
  loaded?: LoadedScenario;
  result?: ScenarioResult;
}

const filesAtOnce = 6;

/** Runs one file in the engine. What is wrong with the file is its result. */
export async function runFile(file: string): Promise<FileRun> {
  try {
    const loaded = await loadScenario(file);
    const { scenario, flow } = loaded;
    const result = runScenario(flow, scenario);
    return { report: { file, name: scenario.name, ok: result.ok, result }, loaded, result };
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    return { report: { file, name: '', ok: false, fault: failure.message } };
  }
}

/** Runs files in the engine and through the workflow of calls, some at a time on a Temporal server of their own; `tell` hears of each. */
export async function runFilesOnTemporal(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  tell: (run: FileRun) => void,
): Promise<FileRun[]> {
  const stage = await openOwnStage(env, (line) => console.error(line));
  const runs: FileRun[] = [];
  const waiting = [...files];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const run = await runFile(file);
      const { report, loaded, result } = run;
      const differences = loaded && result ? await compareScenario(stage, loaded, result) : [];
      const both: FileRun =
        'fault' in report
          ? run
          : { ...run, report: { ...report, ok: report.ok && differences.length === 0, differences } };
      tell(both);
      runs.push(both);
    }
  };
  try {
    await Promise.all(Array.from({ length: filesAtOnce }, work));
  } finally {
    await stage.close();
  }
  return runs;
}
