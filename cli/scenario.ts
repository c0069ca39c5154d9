/** `npm run scenario -- FILE_OR_DIR…`: runs scenarios of flows. The last line is `N passed, N failed`; exit status 1 where one failed. */
import { AppError } from '../contracts/errors.ts';
import { coverageOf } from '../contracts/flow/scenario/coverage.ts';
import { findScenarios } from './scenario/find-scenarios.ts';
import { type FileRun, runFile, runFilesOnTemporal } from './scenario/run-file.ts';
import { readScenarioOptions, type ScenarioOptions } from './scenario/scenario-options.ts';
import { coverageLines, linesOf } from './scenario/scenario-report.ts';

process.stdout.on('error', () => undefined); // the reader of a pipe has gone

try {
  await main(readScenarioOptions(process.argv.slice(2)));
} catch (failure) {
  console.error(failure instanceof AppError ? failure.message : failure);
  process.exitCode = 1;
}

async function main({ paths, json, coverage, temporal }: ScenarioOptions): Promise<void> {
  const tell = ({ report }: FileRun): void => console.log(linesOf(report).join('\n'));
  const files = await findScenarios(paths);
  const runs = temporal ? await runFilesOnTemporal(files, process.env, tell) : await runInEngine(files, tell);
  const covered = coverage ? coverageOfAll(runs) : [];
  for (const each of covered) console.log(coverageLines(each.flowFile, each).join('\n'));
  const failed = runs.filter(({ report }) => !report.ok).length;
  if (failed > 0) process.exitCode = 1;
  console.log(`${runs.length - failed} passed, ${failed} failed`);
  const scenarios = runs.map(({ report }) => report);
  if (json) console.log(JSON.stringify({ ok: failed === 0, scenarios, ...(coverage && { coverage: covered }) }));
}

async function runInEngine(files: readonly string[], tell: (run: FileRun) => void): Promise<FileRun[]> {
  const runs: FileRun[] = [];
  for (const file of files) {
    const run = await runFile(file);
    tell(run);
    runs.push(run);
  }
  return runs;
}

/** By flow, whichever scenarios it has. */
function coverageOfAll(runs: readonly FileRun[]) {
  const byFlow = Map.groupBy(
    runs.flatMap(({ loaded, result }) => (loaded && result ? [{ loaded, result }] : [])),
    ({ loaded }) => loaded.flowFile,
  );
  return [...byFlow].flatMap(([flowFile, [first, ...more]]) =>
    first
      ? [
          {
            flowFile,
            ...coverageOf(
              first.loaded.flow,
              [first, ...more].map(({ result }) => result),
            ),
          },
        ]
      : [],
  );
}
