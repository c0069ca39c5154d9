import type { Turn } from '../../contracts/turns.ts';
import type { CallReport } from './call-report.ts';
import type { HeardUtterance, TimelineEvent } from './network-client.ts';

type Write = (line: string) => void;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(7)} s`;

/** Events of the network's timeline that a person wants to read, in words; the others are detail. */
export function printEvent(write: Write, event: TimelineEvent): void {
  const { atMs, kind, ...detail } = event;
  const words = Object.entries(detail)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .map(([name, value]) => `${name}=${String(value)}`);
  if (!quietKinds.has(kind)) write(`${seconds(atMs)}  ${kind.padEnd(18)} ${words.join(' ')}`);
}

const quietKinds: ReadonlySet<string> = new Set(['mark', 'media', 'mark-echo', 'mark-received', 'step']);

export function printTurns(write: Write, turns: readonly Turn[]): void {
  write('\nTurns as stored (call clock)');
  for (const { speaker, startMs, endMs, text, heardText, interrupted, latencyMs, sensitive } of turns) {
    const latency = latencyMs === undefined ? '' : `  [answered after ${Math.round(latencyMs)} ms]`;
    write(
      `${seconds(startMs)} -${seconds(endMs)}  ${speaker.padEnd(9)} ${sensitive ? '(typed, and told to nobody)' : text}${latency}`,
    );
    if (interrupted) write(`${' '.repeat(22)}            heard: ${heardText} -`);
  }
}

export function printHeard(write: Write, heard: readonly HeardUtterance[]): void {
  write('\nWhat the caller really heard (network clock)');
  for (const { startMs, endMs, heardWords, complete } of heard) {
    write(`${seconds(startMs)} -${seconds(endMs)}  ${heardWords.join(' ')}${complete ? '' : ' -'}`);
  }
}

export function printReport(write: Write, report: CallReport, uiUrl: string | undefined): void {
  const { turnLatencyMs, bargeInMs, toolCalls, cost, faults } = report;
  write('');
  if (report.outcome !== undefined) write(`outcome         ${report.outcome}`);
  write(
    `turn latency    p50 ${turnLatencyMs.p50} ms, p95 ${turnLatencyMs.p95} ms (end of the caller's speech to the first audio sent)`,
  );
  if (bargeInMs !== null) write(`interruption    heard for ${bargeInMs} ms after the caller began to speak`);
  write(`silence         at most ${report.longestSilenceMs} ms while it was the assistant's turn`);
  for (const { name, status, latencyMs } of toolCalls) write(`tool            ${name}: ${status} in ${latencyMs} ms`);
  write(`length          ${(report.durationMs / 1000).toFixed(1)} s, ${report.historyEvents} history events`);
  write(`cost            ${money(cost.totalMillionths)} ${cost.currency}, ${money(cost.perMinuteMillionths)} a minute`);
  if (uiUrl !== undefined)
    write(`workflow        ${uiUrl}/namespaces/default/workflows/${encodeURIComponent(report.workflowId)}`);
  if (faults.length === 0) write('result          the call went as it should');
  for (const fault of faults) write(`FAULT           ${fault}`);
}

const money = (millionths: number): string => (millionths / 1_000_000).toFixed(6);
