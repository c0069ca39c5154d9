/** What the ticker drives. */
export interface Ticking {
  readonly nextDueMs: number;
  tick(atMs: number): void;
}

export interface Ticker {
  add(one: Ticking): void;
  remove(one: Ticking): void;
  close(): void;
}

const periodMs = 10;

/** One timer for all sessions; it stands still while there are none. */
export function createTicker(nowMs: () => number): Ticker {
  const all = new Set<Ticking>();
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    const atMs = nowMs();
    for (const one of all) if (one.nextDueMs <= atMs) one.tick(atMs);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    add(one) {
      all.add(one);
      timer ??= setInterval(run, periodMs);
    },
    remove(one) {
      all.delete(one);
      if (all.size === 0) stop();
    },
    close: stop,
  };
}
