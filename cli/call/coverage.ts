export interface Span {
  startMs: number;
  endMs: number;
}

/** The gateway's clock and the network's differ by the way between them, and by what detects speech. */
export const toleranceMs = 400;

/** Whether turns cover at least half of what was said. */
export function isCovered(one: Span, turns: readonly Span[]): boolean {
  let coveredMs = 0;
  let reachedMs = one.startMs;
  for (const { startMs, endMs } of turns.toSorted((a, b) => a.startMs - b.startMs)) {
    const from = Math.max(reachedMs, startMs - toleranceMs);
    const to = Math.min(one.endMs, endMs + toleranceMs);
    if (to <= from) continue;
    coveredMs += to - from;
    reachedMs = to;
  }
  return coveredMs >= (one.endMs - one.startMs) / 2;
}
