/** `npm run scenario -- FILE_OR_DIR…`: runs scenarios of flows. The last line is `N passed, N failed`; exit status 1 where one failed. */
import { AppError } from '../contracts/errors.ts';
import { coverageOf } from '../contracts/flow/scenario/coverage.ts';
import { runScenario, type ScenarioResult } from '../contracts/flow/scenario/run-scenario.ts';
import { findScenarios } from './scenario/find-scenarios.ts';
import { type LoadedScenario, loadScenario } from './scenario/load-scenario.ts';
import { readScenarioOptions, type ScenarioOptions } from './scenario/scenario-options.ts';
import { coverageLines, type FileReport, linesOf } from './scenario/scenario-report.ts';

process.stdout.on('error', () => undefined); // the reader of a pipe has gone

try {
  await main(readScenarioOptions(process.argv.slice(2)));
} catch (failure) {
  console.error(failure instanceof AppError ? failure.message : failure);
  process.exitCode = 1;
}

async function main({ paths, json, coverage }: ScenarioOptions): Promise<void> {
  const reports: FileReport[] = [];
  const run = new Map<string, { flow: LoadedScenario['flow']; results: ScenarioResult[] }>();
  for (const file of await findScenarios(paths)) {
    const report = await runFile(file, run);
    reports.push(report);
    console.log(linesOf(report).join('\n'));
  }
  const covered = [...run].map(([flowFile, { flow, results }]) => ({ flowFile, ...coverageOf(flow, results) }));
  if (coverage) for (const each of covered) console.log(coverageLines(each.flowFile, each).join('\n'));
  const failed = reports.filter(({ ok }) => !ok).length;
  if (failed > 0) process.exitCode = 1;
  console.log(`${reports.length - failed} passed, ${failed} failed`);
  if (json)
    console.log(JSON.stringify({ ok: failed === 0, scenarios: reports, ...(coverage && { coverage: covered }) }));
}

async function runFile(
  file: string,
  run: Map<string, { flow: LoadedScenario['flow']; results: ScenarioResult[] }>,
): Promise<FileReport> {
  try {
    const { scenario, flow, flowFile } = await loadScenario(file);
    const result = runScenario(flow, scenario);
    const { results } = run.get(flowFile) ?? { results: [] };
    run.set(flowFile, { flow, results: [...results, result] });
    return { file, name: scenario.name, ok: result.ok, result };
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    return { file, name: '', ok: false, fault: failure.message };
  }
}
