import type { GatewayRef } from '../contracts/instructions.ts';

/** So long a handover takes: a webhook, its answer, a stream and a model session. */
const APART_MS = 100;

/**
 * Asks calls to leave at their next pause, one after the other: a caller waits longer for his answer where many calls change
 * hands at once. All have been asked by half of the time. Each is told who may take it.
 */
export async function drainInTurn(
  sessions: readonly { drain(withinMs: number, successor?: GatewayRef): void }[],
  {
    withinMs,
    nowMs,
    successor,
  }: { withinMs: number; nowMs: () => number; successor: () => Promise<GatewayRef | undefined> },
): Promise<void> {
  const byMs = nowMs() + withinMs;
  const apartMs = Math.min(APART_MS, withinMs / 2 / Math.max(1, sessions.length));
  for (const session of sessions) {
    void successor().then((gateway) => session.drain(Math.max(0, byMs - nowMs()), gateway));
    await new Promise((resolve) => {
      setTimeout(resolve, apartMs);
    });
  }
}
