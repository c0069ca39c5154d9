/** `npm run bench`: the product's figures, measured on this machine. Exit status 1 only when something could not be run. */
import { measureAudio } from './bench/audio-figures.ts';
import { startBenchStack, type BenchStack } from './bench/bench-stack.ts';
import { allCores, measureCapacity, measureRelay, otherCores } from './bench/capacity-figures.ts';
import { measureBargeIn } from './bench/barge-in-figures.ts';
import { measureEndOfTurn } from './bench/end-of-turn-figures.ts';
import { benchLine, readBenchOptions } from './bench/bench-options.ts';
import { measureFlow } from './bench/flow-figures.ts';
import { isKnownPrefix, judge, type Figure, type Measured } from './bench/figure.ts';
import { figuresTable } from './bench/figures-table.ts';
import { measureLatency } from './bench/latency-figures.ts';
import { describeMachine } from './bench/machine.ts';
import { measureSurvival } from './bench/survival-figures.ts';
import { pin } from './bench/process-use.ts';
import { runCommand, WrongUsage } from './running/command-line.ts';

interface Bench {
  /** What its figures' names begin with. */
  prefixes: readonly string[];
  run: () => Measured[] | Promise<Measured[]>;
}

const benches: readonly Bench[] = [
  { prefixes: ['audio.'], run: () => measureAudio() },
  { prefixes: ['flow.'], run: measureFlow },
  { prefixes: ['bargeIn.'], run: measureBargeIn },
  { prefixes: ['turn.endOfTurn', 'turn.cutPhrases'], run: measureEndOfTurn },
  {
    prefixes: ['answer.', 'turn.added', 'tool.', 'webhook.', 'history.'],
    run: () => onOwnStack((stack) => measureLatency(stack, say)),
  },
  { prefixes: ['survival.'], run: () => onOwnStack((stack) => measureSurvival(stack, say)) },
  { prefixes: ['capacity.'], run: measureOnePinned },
];

const args = process.argv.slice(2);
await runCommand(benchLine, args, main);

async function main(): Promise<void> {
  const { only = '', json } = readBenchOptions(args);
  if (!isKnownPrefix(only)) throw new WrongUsage(`no figure begins with "${only}"`);
  const machine = describeMachine();
  const figures: Figure[] = [];
  for (const { prefixes, run } of benches) {
    if (!prefixes.some((prefix) => prefix.startsWith(only) || only.startsWith(prefix))) continue;
    for (const measured of await run()) if (measured.name.startsWith(only)) figures.push(judge(measured));
  }
  if (figures.length === 0) throw new WrongUsage(`no figure begins with "${only}"`);
  for (const line of figuresTable(figures, machine)) console.log(line);
  if (json) console.log(JSON.stringify({ machine, figures }));
}

/** Progress goes where it does not disturb whoever reads the figures. */
function say(line: string): void {
  console.error(line);
}

async function onOwnStack(measure: (stack: BenchStack) => Promise<Measured[]>): Promise<Measured[]> {
  say('starting a stack for the figures (its log: .data/bench.log)');
  const stack = await startBenchStack(process.env);
  try {
    return await measure(stack);
  } finally {
    await stack.stop();
  }
}

/** Whatever this process starts stays off the core that is measured. */
async function measureOnePinned(): Promise<Measured[]> {
  await pin(process.pid, otherCores);
  try {
    const relayCpu = await measureRelay(say);
    return await onOwnStack((stack) => measureCapacity(stack, relayCpu, say));
  } finally {
    await pin(process.pid, allCores);
  }
}
