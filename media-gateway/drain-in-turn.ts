import type { GatewayRef } from '../contracts/instructions.ts';

/** So long a handover takes: a webhook, its answer, a stream and a model session. */
const APART_MS = 100;
/** Calls whose successor is being asked for. Their workflows may have to be read again by a worker that has lost its twin. */
const MOST_ASKING = 2;

export interface DrainingSession {
  /** Resolves when it is known whether the successor hears the caller. */
  drain(withinMs: number, successor?: GatewayRef): Promise<void>;
}

/**
 * Asks calls to leave at their next pause, one after the other: a caller waits longer for his answer where many calls change
 * hands at once, and workers answer all of them later. All have been asked by half of the time. Each is told who may take it.
 */
export async function drainInTurn(
  sessions: readonly DrainingSession[],
  {
    withinMs,
    nowMs,
    successor,
  }: { withinMs: number; nowMs: () => number; successor: () => Promise<GatewayRef | undefined> },
): Promise<void> {
  const fromMs = nowMs();
  const askedByMs = withinMs / 2;
  const apartMs = Math.min(APART_MS, askedByMs / Math.max(1, sessions.length));
  const asking = new Set<Promise<void>>();
  for (const [i, session] of sessions.entries()) {
    const ask = successor()
      .then((gateway) => session.drain(Math.max(0, withinMs - (nowMs() - fromMs)), gateway))
      .finally(() => asking.delete(ask));
    asking.add(ask);
    await pause(apartMs);
    // Whoever is left must have his turn as well.
    const latestMs = askedByMs - (sessions.length - i - 1) * apartMs;
    while (asking.size >= MOST_ASKING && nowMs() - fromMs < latestMs)
      await Promise.race([...asking, pause(latestMs - (nowMs() - fromMs))]);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
