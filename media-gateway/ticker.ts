/** One timer for all calls of the process: a timer for each would wake it up fifty times a second and call. */
export interface Ticker {
  /** Calls `tick` about every `TICK_MS` with the monotonic time; returns how to stop it. */
  add(tick: (atMs: number) => void): () => void;
}

export const TICK_MS = 20;

/** `nowMs` is any monotonic clock. The timer runs only while somebody listens. */
export function createTicker(nowMs: () => number): Ticker {
  const ticks = new Set<(atMs: number) => void>();
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    const atMs = nowMs();
    for (const tick of ticks) tick(atMs);
  };
  return {
    add(tick) {
      ticks.add(tick);
      timer ??= setInterval(run, TICK_MS);
      return () => {
        ticks.delete(tick);
        if (ticks.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
