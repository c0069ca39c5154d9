/** `npm run bench`: the product's figures, measured on this machine. Exit status 1 only when something could not be run. */
import { AppError } from '../contracts/errors.ts';
import { measureAudio } from './bench/audio-figures.ts';
import { readBenchOptions } from './bench/bench-options.ts';
import { judge, type Figure, type Measured } from './bench/figure.ts';
import { figuresTable } from './bench/figures-table.ts';
import { describeMachine } from './bench/machine.ts';

interface Bench {
  /** What its figures' names begin with. */
  prefixes: readonly string[];
  run: () => Measured[] | Promise<Measured[]>;
}

const benches: readonly Bench[] = [{ prefixes: ['audio.'], run: measureAudio }];

process.stdout.on('error', () => undefined); // the reader of a pipe has gone

try {
  await main(process.argv.slice(2));
} catch (failure) {
  console.error(failure instanceof AppError ? failure.message : failure);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<void> {
  const { only = '', json } = readBenchOptions(args);
  const machine = describeMachine();
  const figures: Figure[] = [];
  for (const { prefixes, run } of benches) {
    if (!prefixes.some((prefix) => prefix.startsWith(only) || only.startsWith(prefix))) continue;
    for (const measured of await run()) if (measured.name.startsWith(only)) figures.push(judge(measured));
  }
  if (figures.length === 0) throw new AppError('config-invalid', `no figure begins with "${only}"`);
  for (const line of figuresTable(figures, machine)) console.log(line);
  if (json) console.log(JSON.stringify({ machine, figures }));
}
