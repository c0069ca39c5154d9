/**
 * `npm run chaos`: kills and stops every process under live calls, on a stack of its own, and accounts for every call and
 * turn. Ends with one JSON object; exit status 1 when a call, old or new, or a turn was not as it should be.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../contracts/errors.ts';
import { loadScenario } from '../simulator/scenarios/load-scenario.ts';
import { heading } from './chaos/chaos-table.ts';
import { faults, shortFaults } from './chaos/faults.ts';
import { runChaos } from './chaos/run-chaos.ts';
import { root } from './running/client-config.ts';

const shortCalls = 4;
/** Rung while each fault is on. */
const newCalls = 5;
const usage = `usage: npm run chaos -- [options]
  --only NAME,…   these faults only: ${faults.map(({ name }) => name).join(', ')}
  --calls N       live calls under each fault; 20 unless told
  --short         ${shortCalls} calls under each of ${shortFaults.join(', ')}
  --json          ends with one JSON object on the last line, as it does unasked`;

try {
  await main(process.argv.slice(2));
} catch (failure) {
  console.error(failure instanceof AppError ? failure.message : failure);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const startedMs = performance.now();
  const { only, calls } = readOptions(args);
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

function readOptions(args: string[]): { only: string[] | undefined; calls: number } {
  const options = {
    only: { type: 'string' },
    calls: { type: 'string' },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const;
  const { only, calls, short } = parse(() => parseArgs({ args, options, allowPositionals: false }).values);
  const names = only?.split(',') ?? (short ? [...shortFaults] : undefined);
  const unknown = names?.find((wanted) => !faults.some(({ name }) => name === wanted));
  const count = Number(calls ?? (short ? shortCalls : 20));
  if (unknown !== undefined) throw refusal(`there is no fault "${unknown}"`);
  if (!Number.isInteger(count) || count < 1 || count > 200) throw refusal('--calls takes a number from 1 to 200');
  return { only: names, calls: count };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (failure) {
    throw refusal(failure instanceof Error ? failure.message : String(failure));
  }
}

function refusal(message: string): AppError {
  return new AppError('config-invalid', `${message}\n${usage}`);
}
