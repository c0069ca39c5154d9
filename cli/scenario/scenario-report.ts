import type { Coverage } from '../../contracts/flow/scenario/coverage.ts';
import { drawPath } from '../../contracts/flow/scenario/draw-path.ts';
import type { ScenarioResult } from '../../contracts/flow/scenario/run-scenario.ts';
import type { ScenarioDifference } from './temporal/compare-scenario.ts';

/** What came of one file. */
export type FileReport = { file: string; name: string; ok: boolean } & (
  | {
      result: ScenarioResult;
      /** To what the workflow of calls made of it. */ differences?: readonly ScenarioDifference[];
    }
  /** It could not be run. */
  | { fault: string }
);

/** One line where it holds; where it does not, what was expected, what came, and the path. */
export function linesOf(report: FileReport): string[] {
  const head = `${report.ok ? 'ok    ' : 'FAILED'} ${report.file}${report.name && `  ${report.name}`}`;
  if ('fault' in report) return [head, ...report.fault.split('\n').map((line) => `  ${line}`), ''];
  if (report.ok) return [head];
  const { calls } = report.result;
  const lines = [head];
  for (const { call, what, engine, workflow } of report.differences ?? [])
    lines.push(`  call ${call + 1}, ${what}: the engine has ${engine}`, `  and the workflow of calls ${workflow}`);
  for (const [i, { name, run, failures }] of calls.entries()) {
    if (failures.length === 0) continue;
    if (calls.length > 1) lines.push(`  call ${i + 1} of ${calls.length}${name === undefined ? '' : `: ${name}`}`);
    for (const { at, stay, expected, came } of failures) {
      const step = stay === undefined || stay < 0 ? '' : `, step ${stay + 1} (${run.stays[stay]?.node})`;
      lines.push(`  ${at || 'the call'}${step}: expected ${expected}, came ${came}`);
    }
    lines.push('', drawPath(run, failures), '');
  }
  return lines;
}

/** What no scenario of a flow reaches. */
export function coverageLines(flowFile: string, { nodes, outcomes }: Coverage): string[] {
  const lines = [
    `coverage of ${flowFile}: ${nodes.reached} of ${nodes.total} nodes, ${outcomes.reached} of ${outcomes.total} outcomes`,
  ];
  if (nodes.missed.length > 0) lines.push(`  no scenario reaches ${nodes.missed.join(', ')}`);
  for (const { node, outcome } of outcomes.missed)
    if (!nodes.missed.includes(node)) lines.push(`  no scenario leaves ${node} by ${outcome}`);
  return lines;
}
