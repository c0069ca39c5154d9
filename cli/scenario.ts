/**
 * `npm run scenario -- FILE_OR_DIR…`: runs scenarios of flows. The last line is `N passed, N failed`; exit status 1 where
 * one failed. `--from-call ID` makes a scenario of a call.
 */
import { readConfig } from '../contracts/config.ts';
import { coverageOf } from '../contracts/flow/scenario/coverage.ts';
import { createCallLedgerStore } from '../db/call-ledgers.ts';
import { createLookups } from '../db/lookups.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { runCommand } from './running/command-line.ts';
import { openSeedStores } from './seed/seed-stores.ts';
import { findScenarios } from './scenario/find-scenarios.ts';
import { type FromCallOptions, scenarioFromCall } from './scenario/from-call.ts';
import { type FileRun, runFile, runFilesOnTemporal } from './scenario/run-file.ts';
import { readScenarioOptions, type RunOptions, scenarioLine } from './scenario/scenario-options.ts';
import { coverageLines, linesOf } from './scenario/scenario-report.ts';

const args = process.argv.slice(2);
await runCommand(scenarioLine, args, async () => {
  const options = readScenarioOptions(args);
  await ('run' in options ? runAll(options.run) : record(options.fromCall));
});

async function runAll({ paths, json, coverage, temporal }: RunOptions): Promise<void> {
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

/** From the database of the stack that runs here. */
async function record(options: FromCallOptions): Promise<void> {
  const config = (await runningConfig(process.env)) ?? readConfig(process.env);
  const { database } = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    const sources = { ledgers: createCallLedgerStore(database), tenantOf: createLookups(database).callTenant };
    for (const line of await scenarioFromCall(sources, options)) console.log(line);
  } finally {
    await database.close();
  }
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
