import type { Fault } from './faults.ts';
import type { FaultFigures } from './run-chaos.ts';

const nameWidth = 32;
type Column = readonly [heading: string, value: (figures: FaultFigures) => number];

const live: readonly Column[] = [
  ['calls', ({ calls }) => calls],
  ['dropped', ({ dropped }) => dropped],
  ['moved', ({ moved }) => moved],
  ['expected', ({ turnsExpected }) => turnsExpected],
  ['stored', ({ turnsStored }) => turnsStored],
  ['lost', ({ turnsLost }) => turnsLost],
  ['doubled', ({ turnsDoubled }) => turnsDoubled],
  ['no text', ({ textsMissing }) => textsMissing],
  ['sorry', ({ apologies }) => apologies],
  ['again', ({ askedAgain }) => askedAgain],
  ['degraded', ({ degraded }) => degraded],
];
const rung: readonly Column[] = [
  ['new', ({ newCalls }) => newCalls.calls],
  ['answered', ({ newCalls }) => newCalls.answered],
  ['degraded', ({ newCalls }) => newCalls.degraded],
  ['adopted', ({ newCalls }) => newCalls.adopted],
  ['lost', ({ newCalls }) => newCalls.lost],
  ['wait', ({ newCalls }) => newCalls.waitMs.p95],
];
const gapWidth = 34;

/** The two lines over the rows: live calls, their silence, and calls that were rung meanwhile. */
export const heading = [
  `${' '.repeat(nameWidth)} ${'live calls and their turns'.padEnd(widthOf(live) + 3 + gapWidth)} | new calls, ms to the first sound (p95)`,
  `${'fault'.padEnd(nameWidth)} ${line(live, ([name]) => name)}   ${'gap p50 / p95 / max, goal'.padEnd(gapWidth)} | ${line(rung, ([name]) => name)}`,
].join('\n');

/** Whether 19 of 20 callers heard no longer silence than the fault may cause; null where nothing is promised. */
export function gapReached(
  { gapGoalMs }: Pick<Fault, 'gapGoalMs'>,
  { gapMs }: Pick<FaultFigures, 'gapMs'>,
): boolean | null {
  return gapGoalMs === undefined ? null : gapMs.p95 <= gapGoalMs;
}

export function row(fault: Pick<Fault, 'name' | 'gapGoalMs'>, figures: FaultFigures): string {
  const { name, gapGoalMs } = fault;
  const { p50, p95, max } = figures.gapMs;
  const reached = gapReached(fault, figures);
  const goal = reached === null ? '' : reached ? ', reached' : `, not ${gapGoalMs}`;
  const gap = `${p50} / ${p95} / ${max} ms${goal}`.padEnd(gapWidth);
  const cells = (columns: readonly Column[]): string => line(columns, ([, value]) => value(figures));
  return `${name.padEnd(nameWidth)} ${cells(live)}   ${gap} | ${cells(rung)}`;
}

function line(columns: readonly Column[], cell: (column: Column) => string | number): string {
  return columns.map((column) => String(cell(column)).padStart(widthOf([column]))).join(' ');
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, [name]) => sum + Math.max(name.length, 5) + 1, -1);
}
