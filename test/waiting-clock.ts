/** Time that stands still while anybody works, and then is at once when the first of those who wait goes on. */
export function createWaitingClock(startMs: number) {
  let nowMs = startMs;
  let working = 0;
  const waiting: { untilMs: number; goOn: () => void }[] = [];
  const moveOn = (): void => {
    if (waiting.length < working) return;
    const [first] = waiting.toSorted((one, other) => one.untilMs - other.untilMs);
    if (!first) return;
    waiting.splice(waiting.indexOf(first), 1);
    nowMs = Math.max(nowMs, first.untilMs);
    first.goOn();
  };
  return {
    nowMs: () => nowMs,
    pause: (ms: number) =>
      new Promise<void>((resolve) => {
        waiting.push({ untilMs: nowMs + ms, goOn: resolve });
        moveOn();
      }),
    /** Counts the work as somebody's who may wait. */
    during: async <T>(work: () => Promise<T>): Promise<T> => {
      working += 1;
      try {
        return await work();
      } finally {
        working -= 1;
        moveOn();
      }
    },
  };
}
