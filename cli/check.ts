/** `npm run check`: types, lint with folder boundaries, format, unused code, links in documents, generated pages. Prints what failed. */
import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { brokenLinks } from './check/docs-links.ts';
import { staleFlowDocs } from './flow/flow-docs.ts';
import { type CommandLine, readCommandLine, runCommand } from './running/command-line.ts';

interface CheckResult {
  ok: boolean;
  output: string;
}

const root = join(import.meta.dirname, '..');
const script = (path: string, ...args: string[]) => run(process.execPath, [join(root, 'node_modules', path), ...args]);

const checks: Record<string, () => Promise<CheckResult>> = {
  types: () => script('typescript/bin/tsc', '-p', '.', '--pretty', 'false'),
  lint: () => script('oxlint/bin/oxlint', '--type-aware', '.'),
  format: () => script('oxfmt/bin/oxfmt', '--check', '.'),
  unused: () => script('knip/bin/knip.js', '--no-progress', '--no-config-hints'),
  links: checkLinks,
  flows: checkFlowDocs,
};

const line: CommandLine = {
  usage: ['npm run check'],
  summary: `checks what can be seen without running anything: ${Object.keys(checks).join(', ')}; exit code 1 where one failed`,
  options: {},
};

const args = process.argv.slice(2);
await runCommand(line, args, async () => {
  readCommandLine(line, args);
  const startedMs = performance.now();
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const beganMs = performance.now();
      const { ok, output } = await check();
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds(performance.now() - beganMs)}`);
      return { name, ok, output };
    }),
  );
  for (const { name, ok, output } of results) if (!ok) console.log(`\n--- ${name}\n${output.trim()}`);
  const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
  console.log(
    `\n${failed.length ? `Failed: ${failed.join(', ')}` : 'All checks passed'} in ${seconds(performance.now() - startedMs)}.`,
  );
  process.exitCode = failed.length ? 1 : 0;
});

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

function run(file: string, withArgs: string[]): Promise<CheckResult> {
  return new Promise((resolve) => {
    const child = spawn(file, withArgs, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function checkFlowDocs(): Promise<CheckResult> {
  const stale = await staleFlowDocs(root);
  const output = stale.map((path) => `${path} is not what the node catalogue says: run npm run flow -- docs`);
  return { ok: stale.length === 0, output: output.join('\n') };
}

async function checkLinks(): Promise<CheckResult> {
  const exclude = ['**/node_modules', '.data', '.git', 'dist'];
  const documents: string[] = [];
  for await (const path of glob('**/*.md', { cwd: root, exclude })) documents.push(path);
  const problems = await brokenLinks(root, documents);
  return { ok: problems.length === 0, output: problems.join('\n') };
}
