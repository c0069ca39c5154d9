/** `npm test -- [vitest arguments]`: all tests, or those whose path holds an argument. The last line is `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandLine, runCommand } from './running/command-line.ts';
import { countTests, lastLine, type TestCounts } from './test/test-counts.ts';

const root = join(import.meta.dirname, '..');
const line: CommandLine = {
  usage: ['npm test -- [PATH…] [vitest options]'],
  summary: 'runs all tests; the last line is `N passed, N failed`, exit code 1 where one failed',
  arguments: {
    'PATH…': 'only tests whose path holds one of these',
    '--project NAME': 'only those of a kind: unit, db, temporal, e2e, calls; further options as vitest takes them',
  },
  options: {},
};

const args = process.argv.slice(2);
await runCommand(line, args, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'switchboard-tests-'));
  try {
    const report = join(dir, 'report.json');
    const code = await runVitest(report, args);
    const counts = await readCounts(report);
    if (counts.passed + counts.failed === 0) {
      console.error('No test ran.');
    } else if (code !== 0 && counts.failed === 0) {
      console.error(`vitest ended with code ${code} although no test failed: see above.`);
      counts.failed = 1;
    }
    process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
    console.log(lastLine(counts));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function runVitest(report: string, wanted: readonly string[]): Promise<number> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--allowOnly=false', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...wanted], { cwd: root, stdio: 'inherit' });
  // A terminal's Ctrl-C reaches vitest as well: it cleans up, and its end is ours.
  process.on('SIGINT', () => process.stdout.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

async function readCounts(report: string): Promise<TestCounts> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  return text === undefined ? { passed: 0, failed: 0, skipped: 0 } : countTests(JSON.parse(text));
}
