/** Two ways through a flow side by side, what belongs together in one row. */
import type { Decision } from '../state.ts';
import type { ReplayStep } from './rerun.ts';

export interface ReplayRow {
  was?: ReplayStep;
  now?: ReplayStep;
  differs?: 'path' | 'words';
}

/** Longer ways are compared from both ends only. */
const mostCompared = 400;

/** Pairs the steps of both ways in their order. Words count only where those of both are known. */
export function aligned(
  was: readonly ReplayStep[],
  now: readonly ReplayStep[],
  comparesWords: boolean,
): readonly ReplayRow[] {
  let head = 0;
  while (head < Math.min(was.length, now.length) && isPair(was[head], now[head])) head++;
  let tail = 0;
  const most = Math.min(was.length, now.length) - head;
  while (tail < most && isPair(was.at(-1 - tail), now.at(-1 - tail))) tail++;
  const [oldMiddle, newMiddle] = [was, now].map((steps) => steps.slice(head, steps.length - tail));
  const pairs: [ReplayStep | undefined, ReplayStep | undefined][] = [
    ...was.slice(0, head).map((step, i): [ReplayStep, ReplayStep | undefined] => [step, now[i]]),
    ...paired(oldMiddle ?? [], newMiddle ?? []),
    ...was
      .slice(was.length - tail)
      .map((step, i): [ReplayStep, ReplayStep | undefined] => [step, now[now.length - tail + i]]),
  ];
  return pairs.map(([before, after]) => ({
    ...(before && { was: before }),
    ...(after && { now: after }),
    ...difference(before, after, comparesWords),
  }));
}

function difference(
  was: ReplayStep | undefined,
  now: ReplayStep | undefined,
  comparesWords: boolean,
): Pick<ReplayRow, 'differs'> {
  if (!was || !now || !isSameStep(was.decision, now.decision)) return { differs: 'path' };
  return comparesWords && was.says.join('\n') !== now.says.join('\n') ? { differs: 'words' } : {};
}

function isSameStep(was: Decision, now: Decision): boolean {
  return was.nodeType === now.nodeType && was.outcome === now.outcome && targetOf(was) === targetOf(now);
}

/** Another version of the same subflow is the same way. */
const targetOf = ({ rule, wentTo }: Decision): string => (rule === 'subflow' ? wentTo.replace(/@\d+$/, '') : wentTo);

/** The same place, entered or left. */
function isPair(was: ReplayStep | undefined, now: ReplayStep | undefined): boolean {
  if (!was || !now) return false;
  return was.place === now.place && (was.decision.rule === 'waits') === (now.decision.rule === 'waits');
}

/** By the longest common subsequence of places. */
function paired(
  was: readonly ReplayStep[],
  now: readonly ReplayStep[],
): [ReplayStep | undefined, ReplayStep | undefined][] {
  if (was.length > mostCompared || now.length > mostCompared)
    return [
      ...was.map((step): [ReplayStep, undefined] => [step, undefined]),
      ...now.map((step): [undefined, ReplayStep] => [undefined, step]),
    ];
  const width = now.length + 1;
  const common = new Uint16Array((was.length + 1) * width);
  for (let i = was.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] = isPair(was[i], now[j])
        ? (common[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const pairs: [ReplayStep | undefined, ReplayStep | undefined][] = [];
  let [i, j] = [0, 0];
  while (i < was.length || j < now.length) {
    if (isPair(was[i], now[j])) pairs.push([was[i++], now[j++]]);
    else if (
      j >= now.length ||
      (i < was.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    )
      pairs.push([was[i++], undefined]);
    else pairs.push([undefined, now[j++]]);
  }
  return pairs;
}
