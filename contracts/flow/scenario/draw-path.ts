import { shownTime } from './clock.ts';
import type { CallRun, Stay } from './call-run.ts';
import type { Failure } from './judge.ts';

const maxWords = 72;

/** A call as text: each node with its time, what was heard there, and on each arrow the outcome and why; failures where they show. */
export function drawPath(run: CallRun, failures: readonly Failure[] = []): string {
  const lines: string[] = [];
  const heard = [...run.heard];
  for (const [i, stay] of run.stays.entries()) {
    lines.push(`  ${shownTime(run.timeZone, stay.enteredAtMs)}  ${stay.node} (${stay.nodeType})`);
    while (heard[0]?.node === stay.node) {
      const { text, promptId } = heard.shift() ?? { text: '' };
      lines.push(`            ${promptId === undefined ? `"${shortened(text)}"` : `[prompt ${promptId}]`}`);
    }
    for (const event of stay.events) lines.push(`            · ${shortened(event)}`);
    for (const failure of failures) if (failure.stay === i) lines.push(...drawFailure(failure));
    lines.push(...drawArrow(stay, run.stays[i + 1]));
  }
  if (run.outcome !== undefined)
    lines.push(`  ${shownTime(run.timeZone, run.endedAtMs)}  the call ends: ${run.outcome}`);
  for (const failure of failures) if (failure.stay === undefined) lines.push(...drawFailure(failure));
  return lines.join('\n');
}

function drawArrow({ outcome, because, wentTo }: Stay, next: Stay | undefined): string[] {
  if (outcome === undefined) return next ? ['            ↓'] : [];
  const why = because === undefined ? '' : `  (${shortened(because)})`;
  const isFollowed = next !== undefined && (next.node === wentTo || next.node.endsWith(`/${wentTo}`));
  const target = isFollowed || wentTo === undefined || wentTo === 'hang-up' ? '' : ` → ${wentTo}`;
  return [`          ${next ? '↓' : '■'} ${outcome}${target}${why}`];
}

function drawFailure({ at, expected, came }: Failure): string[] {
  return [`          ✗ ${at || 'the call'}: expected ${expected}`, `            came ${came}`];
}

function shortened(text: string): string {
  return text.length > maxWords ? `${text.slice(0, maxWords - 1)}…` : text;
}
