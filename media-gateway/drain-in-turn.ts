/** So long a handover takes: a webhook, its answer, a stream and a model session. */
const APART_MS = 100;

/**
 * Asks calls to leave at their next pause, one after the other: the caller is not heard while his call changes hands, which
 * is longer where many do so at once. All have been asked by half of the time.
 */
export async function drainInTurn(
  sessions: readonly { drain(withinMs: number): void }[],
  { withinMs, nowMs }: { withinMs: number; nowMs: () => number },
): Promise<void> {
  const byMs = nowMs() + withinMs;
  const apartMs = Math.min(APART_MS, withinMs / 2 / Math.max(1, sessions.length));
  for (const session of sessions) {
    session.drain(Math.max(0, byMs - nowMs()));
    await new Promise((resolve) => {
      setTimeout(resolve, apartMs);
    });
  }
}
