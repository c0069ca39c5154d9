/**
 * A lookup kept in memory, so that a caller's path does not hang on the database.
 *
 * 1. What was found once is served for as long as the process lives while the source is away.
 * 2. A stale entry is looked up again; its reader waits at most `waitMs` for the newer value, and not at all while the
 *    source is known to be away, or has just kept a reader waiting for nothing. Where absence is all that is kept, he
 *    waits as long as the source takes: it may have come to be.
 * 3. One lookup of a key runs at a time. Absence is kept for `freshMs` too, so that strangers cost one lookup each.
 * 4. At most `maxEntries` are kept; the one that was looked up longest ago goes first. What does not exist has a room of
 *    its own, so that strangers never drive out what is known.
 */
export interface KeptLookup<V> {
  /** Throws what `load` throws where nothing is kept. */
  get(key: string): Promise<V | undefined>;
  /** What is kept, however old; looks up only where nothing is. */
  getKept(key: string): Promise<V | undefined>;
  /** Looks up again now, unless the entry is younger than `minAgeMs`; falls back to what is kept. */
  renew(key: string, minAgeMs: number): Promise<V | undefined>;
  /** What a lookup finds that has begun after this was asked, however long it takes; what is kept where it fails. */
  getAnew(key: string): Promise<V | undefined>;
  /** How much of what exists is kept. */
  size(): number;
}

export interface KeptLookupOptions<V> {
  load: (key: string) => Promise<V | undefined>;
  nowMs: () => number;
  /** How long an entry is served without a second look. */
  freshMs: number;
  /** Longest wait for a newer value. */
  waitMs: number;
  maxEntries?: number;
  /** Hears that a stale value was served, since the source is away or slow. */
  onKept?: (() => void) | undefined;
}

const maxAbsent = 1000;
/** How long the source counts as away after a failure, or a silence. */
const awayMs = 2000;

interface Entry<V> {
  value: V | undefined;
  loadedAtMs: number;
}

export function createKeptLookup<V>({
  load,
  nowMs,
  freshMs,
  waitMs,
  maxEntries = 10_000,
  onKept = () => undefined,
}: KeptLookupOptions<V>): KeptLookup<V> {
  const present = new Map<string, Entry<V>>();
  const absent = new Map<string, Entry<V>>();
  const keptOf = (key: string): Entry<V> | undefined => present.get(key) ?? absent.get(key);
  const loading = new Map<string, Promise<Entry<V>>>();
  /** Those that begin when the running one of their key is over. */
  const queued = new Map<string, Promise<Entry<V>>>();
  let awayUntilMs = 0;

  function lookUp(key: string): Promise<Entry<V>> {
    const running = loading.get(key) ?? start(key);
    loading.set(key, running);
    return running;
  }

  function lookUpAnew(key: string): Promise<Entry<V>> {
    const running = loading.get(key);
    if (!running) return lookUp(key);
    const next = async (): Promise<Entry<V>> => {
      await Promise.allSettled([running]);
      queued.delete(key);
      return lookUp(key);
    };
    const waiting = queued.get(key) ?? next();
    queued.set(key, waiting);
    return waiting;
  }

  async function start(key: string): Promise<Entry<V>> {
    try {
      const entry = { value: await load(key), loadedAtMs: nowMs() };
      awayUntilMs = 0;
      keep(key, entry);
      return entry;
    } catch (failure) {
      awayUntilMs = nowMs() + awayMs;
      throw failure;
    } finally {
      loading.delete(key);
    }
  }

  function keep(key: string, entry: Entry<V>): void {
    present.delete(key);
    absent.delete(key);
    const [room, most] = entry.value === undefined ? [absent, maxAbsent] : [present, maxEntries];
    const [oldest] = room.keys();
    if (room.size >= most && oldest !== undefined) room.delete(oldest);
    room.set(key, entry);
  }

  async function newerOr(kept: Entry<V>, key: string): Promise<V | undefined> {
    const newer = lookUp(key).catch(() => kept);
    const isAway = nowMs() < awayUntilMs;
    if (kept.value === undefined && !isAway) return (await newer).value;
    const found = isAway ? kept : await firstOf(newer, waitMs, undefined);
    if (!found) awayUntilMs = nowMs() + awayMs;
    const entry = found ?? kept;
    if (entry === kept) onKept();
    return entry.value;
  }

  return {
    size: () => present.size,
    get: async (key) => {
      const kept = keptOf(key);
      if (!kept) return (await lookUp(key)).value;
      return nowMs() - kept.loadedAtMs < freshMs ? kept.value : newerOr(kept, key);
    },
    getKept: async (key) => {
      const kept = keptOf(key);
      return kept ? kept.value : (await lookUp(key)).value;
    },
    renew: async (key, minAgeMs) => {
      const kept = keptOf(key);
      if (!kept) return (await lookUp(key)).value;
      return nowMs() - kept.loadedAtMs < minAgeMs ? kept.value : newerOr(kept, key);
    },
    getAnew: async (key) => {
      const kept = keptOf(key);
      const newest = lookUpAnew(key);
      return (await (kept ? newest.catch(() => kept) : newest)).value;
    },
  };
}

/** What `promise` gives within `ms`, else `otherwise`. A failure is passed on. */
export async function firstOf<T, O>(promise: Promise<T>, ms: number, otherwise: O): Promise<T | O> {
  const { promise: late, resolve } = Promise.withResolvers<O>();
  const timer = setTimeout(() => resolve(otherwise), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
