import { setTimeout as delay } from 'node:timers/promises';

export interface ReadinessOptions {
  /** Base address of the process's health checks. */
  url: string;
  signal: AbortSignal;
  /** Told what is not ready after every `sayEveryPolls` attempts; by default every ten seconds. */
  waiting: (why: string) => void;
  sayEveryPolls?: number;
  /** What may be missing: nobody starts it here. */
  mayMiss?: readonly string[];
}

const pollMs = 100;

/** Returns when `/readyz` answers 200, or misses nothing else than it may; rejects when `signal` aborts. */
export async function untilReady({
  url,
  signal,
  waiting,
  sayEveryPolls = 100,
  mayMiss = [],
}: ReadinessOptions): Promise<void> {
  for (let poll = 1; ; poll++) {
    const why = await whyNotReady(url, signal, mayMiss);
    if (why === undefined) return;
    if (poll % sayEveryPolls === 0) waiting(why);
    await delay(pollMs, undefined, { signal });
  }
}

async function whyNotReady(url: string, signal: AbortSignal, mayMiss: readonly string[]): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
    const body = await answer.text();
    return answer.ok ? undefined : describe(body, mayMiss);
  } catch {
    signal.throwIfAborted();
    return 'it does not answer yet';
  }
}

const fine: readonly unknown[] = [true, 'ok', 'ready'];

/** `{ ready, checks: { name: true or what is wrong } }` as words. */
function describe(body: string, mayMiss: readonly string[]): string | undefined {
  try {
    const { checks }: { checks?: Record<string, unknown> } = JSON.parse(body);
    const bad = Object.entries(checks ?? {}).filter(([, state]) => !fine.includes(state));
    if (bad.length > 0 && bad.every(([name]) => mayMiss.includes(name))) return undefined;
    if (bad.length > 0) return bad.map(([name, state]) => `${name}: ${JSON.stringify(state)}`).join(', ');
  } catch {
    // not JSON: said as it stands
  }
  return body.slice(0, 200) || 'it says that it is not ready';
}
