import type { Figure } from './figure.ts';
import type { Machine } from './machine.ts';

/** The figures as lines of a table, the machine below them. */
export function figuresTable(figures: readonly Figure[], machine: Machine): string[] {
  const rows = figures.map(({ name, value, unit, goal, reached, note }) => [
    name,
    value === null ? '-' : String(value),
    unit,
    goal === null ? '' : String(goal),
    reached === null ? (goal === null ? '' : 'not measured') : reached ? 'yes' : 'NO',
    note ?? '',
  ]);
  const head = ['figure', 'value', 'unit', 'goal', 'reached', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 1 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const { cpu, cores, memoryGb, os, node, loadBefore } = machine;
  return [
    line(head),
    ...rows.map(line),
    '',
    `machine: ${cores} cores of ${cpu}, ${memoryGb} GB, ${os}, Node ${node}, load before ${loadBefore}`,
  ];
}
