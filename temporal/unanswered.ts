import { type Client, WorkflowUpdateRPCTimeoutOrCancelledError, isGrpcServiceError } from '@temporalio/client';

/** gRPC codes of a server that is away, too slow or too busy: cancelled, deadline exceeded, resource exhausted, unavailable. */
const awayCodes: ReadonlySet<number> = new Set([1, 4, 8, 14]);

/** Whether a call to Temporal failed because no answer came, as opposed to an answer that says no. */
export function isUnanswered(failure: unknown): boolean {
  if (failure instanceof WorkflowUpdateRPCTimeoutOrCancelledError || failure instanceof DeadlineMissed) return true;
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (isGrpcServiceError(error) && awayCodes.has(error.code)) return true;
  }
  return false;
}

class DeadlineMissed extends Error {}

/**
 * Asks with a deadline that holds: with the server gone the SDK's own overruns by up to 1.5 s, in which it retries. What
 * was asked may still be done after this has failed.
 */
export async function askWithin<T>(client: Client, ms: number, nowMs: number, ask: () => Promise<T>): Promise<T> {
  const { promise: missed, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineMissed(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([client.withDeadline(nowMs + ms, ask), missed]);
  } finally {
    clearTimeout(timer);
  }
}
