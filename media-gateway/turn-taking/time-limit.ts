/** Says when a call's time is nearly over, and when it is. The first tick is its beginning. */
export interface TimeLimit {
  /** `warn` once, between two turns where there is such a moment in time; `end` from the limit on. */
  tick(atMs: number, isBetweenTurns: boolean): 'warn' | 'end' | undefined;
  leftMs(atMs: number): number;
}

const WARNED_AT_MOST_MS = 30_000; // before the end
const WARNED_SHARE = 1 / 3;

export function createTimeLimit(limitMs: number): TimeLimit {
  const warnedMs = Math.min(WARNED_AT_MOST_MS, limitMs * WARNED_SHARE);
  let startedMs: number | undefined;
  let hasWarned = false;
  const leftMs = (atMs: number): number => Math.max(0, limitMs - (atMs - (startedMs ?? atMs)));
  return {
    tick(atMs, isBetweenTurns) {
      startedMs ??= atMs;
      const left = leftMs(atMs);
      if (left === 0) return 'end';
      if (hasWarned || left > warnedMs || (!isBetweenTurns && left > warnedMs / 2)) return undefined;
      hasWarned = true;
      return 'warn';
    },
    leftMs,
  };
}
