/**
 * `npm run chaos`: kills and stops every process under live calls, on a stack of its own, and accounts for every call and
 * turn. Ends with one JSON object; exit status 1 when a call, old or new, or a turn was not as it should be.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadScenario } from '../simulator/scenarios/load-scenario.ts';
import { heading } from './chaos/chaos-table.ts';
import { faults, shortFaults } from './chaos/faults.ts';
import { runChaos } from './chaos/run-chaos.ts';
import { root } from './running/client-config.ts';
import { type CommandLine, readCommandLine, runCommand, WrongUsage } from './running/command-line.ts';

const shortCalls = 4;
/** Rung while each fault is on. */
const newCalls = 5;
const chaosLine = {
  usage: ['npm run chaos -- [options]'],
  summary:
    'kills and stops every process under live calls, on a stack of its own, and accounts for every call and turn;\n' +
    'ends with one JSON object; exit code 1 where a call or a turn was not as it should be',
  options: {
    only: { type: 'string', value: 'NAME,…', help: `these faults only: ${faults.map(({ name }) => name).join(', ')}` },
    calls: { type: 'string', value: 'N', help: 'live calls under each fault; 20 unless said' },
    short: { type: 'boolean', help: `${shortCalls} calls under each of ${shortFaults.join(', ')}` },
    json: { type: 'boolean', help: 'ends with one JSON object on the last line, as it does unasked' },
  },
} as const satisfies CommandLine;

const args = process.argv.slice(2);
await runCommand(chaosLine, args, main);

async function main(): Promise<void> {
  const startedMs = performance.now();
  const { only, calls } = readOptions();
  const wanted = faults.filter(({ name }) => only?.includes(name) ?? true);
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(join(dataDir, 'chaos.log'));
  console.log('starting two of each process on a stack of its own (their log: .data/chaos.log)');
  console.log(heading);
  const report = await runChaos({
    env: process.env,
    faults: wanted,
    calls,
    newCalls,
    scenario: loadScenario('gateway-killed'),
    lastWords: 'cs-caller-goodbye',
    apology: 'cs-assistant-reconnected',
    askedAgain: 'cs-assistant-not-understood',
    log: (part, line) => log.write(`${new Date().toISOString().slice(11, 23)} ${part.padEnd(18)} ${line}\n`),
    write: console.log,
  });
  console.log(`${wanted.length} faults in ${((performance.now() - startedMs) / 60_000).toFixed(1)} min`);
  if (!report.ok) process.exitCode = 1;
  console.log(JSON.stringify(report));
}

function readOptions(): { only: string[] | undefined; calls: number } {
  const { only, calls, short = false } = readCommandLine(chaosLine, args).values;
  const names = only?.split(',') ?? (short ? [...shortFaults] : undefined);
  const unknown = names?.find((wanted) => !faults.some(({ name }) => name === wanted));
  const count = Number(calls ?? (short ? shortCalls : 20));
  if (unknown !== undefined) throw new WrongUsage(`there is no fault "${unknown}"`);
  if (!Number.isInteger(count) || count < 1 || count > 200)
    throw new WrongUsage(`--calls takes a number from 1 to 200, not "${calls}"`);
  return { only: names, calls: count };
}
