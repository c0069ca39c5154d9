import { WorkflowUpdateRPCTimeoutOrCancelledError, isGrpcServiceError } from '@temporalio/client';

/** gRPC codes of a server that is away, too slow or too busy: cancelled, deadline exceeded, resource exhausted, unavailable. */
const awayCodes: ReadonlySet<number> = new Set([1, 4, 8, 14]);

/** Whether a call to Temporal failed because no answer came, as opposed to an answer that says no. */
export function isUnanswered(failure: unknown): boolean {
  if (failure instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (isGrpcServiceError(error) && awayCodes.has(error.code)) return true;
  }
  return false;
}
