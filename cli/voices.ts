/** `npm run voices`: how each detection of voices does on each kind of line, and what becomes of a caller's short words. */
import process from 'node:process';
import { percentileOf } from './bench/percentiles.ts';
import { hearShortWords, positions, type Outcome, type WordOutcomes } from './bench/short-word-outcomes.ts';
import { detectors, hearConditions, type HeardCondition, MISSED_MS } from './bench/voice-conditions.ts';
import { type CommandLine, readCommandLine, runCommand } from './running/command-line.ts';

const voicesLine: CommandLine = {
  usage: ['npm run voices'],
  summary: "prints how each detection of voices does on each kind of line, and what becomes of a caller's short words",
  options: {},
};

const args = process.argv.slice(2);
await runCommand(voicesLine, args, async () => {
  readCommandLine(voicesLine, args);
  for (const line of shortWordTable(await hearShortWords())) console.log(line);
  console.log();
  for (const line of conditionTable(await hearConditions())) console.log(line);
});

/** Of all voices, how many times a word was taken for what it is taken for. */
function shortWordTable(words: readonly WordOutcomes[]): string[] {
  const share = (outcomes: readonly Outcome[], wanted: Outcome): string =>
    percent(outcomes.filter((one) => one === wanted).length / outcomes.length);
  return table([
    ['word', 'voices, ms', 'in the middle: backchannel', 'last 600 ms: turn', 'twice in 2 s: turn'],
    ...words.map(({ id, lengthsMs, outcomes }) => [
      id,
      `${Math.min(...lengthsMs)} to ${Math.max(...lengthsMs)}`,
      ...positions.map((position) => share(outcomes[position], position === 'midAnswer' ? 'backchannel' : 'turn')),
    ]),
  ]);
}

function conditionTable(heard: readonly HeardCondition[]): string[] {
  const names = new Set(heard.map(nameOf));
  return table([
    ['line', ...detectors.map((detector) => `${detector}: false stops/h, p50/p95 ms, missed`)],
    ...[...names].map((name) => {
      const own = heard.filter((one) => nameOf(one) === name);
      return [name, ...detectors.map((detector) => cellOf(own.find(({ detection }) => detection === detector)))];
    }),
  ]);
}

function cellOf(heard: HeardCondition | undefined): string {
  if (!heard) return '-';
  const { falseStops, noiseSeconds, delaysMs } = heard;
  const perHour = noiseSeconds === 0 ? '-' : ((3600 * falseStops) / noiseSeconds).toFixed(1);
  const missed = delaysMs.filter((delayMs) => delayMs === MISSED_MS).length / delaysMs.length;
  const [p50, p95] = [50, 95].map((p) => Math.round(percentileOf(delaysMs, p) ?? 0));
  return `${perHour}, ${p50}/${p95}, ${percent(missed)}`;
}

function nameOf({ kind, snrDb }: HeardCondition): string {
  return snrDb === undefined ? kind : `${kind}, ${snrDb} dB`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
