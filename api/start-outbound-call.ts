import { isGrpcServiceError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { AppError } from '../contracts/errors.ts';
import type { CallInput } from '../contracts/messages.ts';

/** Starts the workflow of an outbound call. A call that was started before, even one that is over, is no failure. */
export async function startOutboundCall(start: (call: CallInput) => Promise<void>, call: CallInput): Promise<void> {
  try {
    await start(call);
  } catch (cause) {
    if (cause instanceof WorkflowExecutionAlreadyStartedError) return;
    if (isGrpcServiceError(cause) || (cause instanceof Error && isGrpcServiceError(cause.cause))) {
      throw new AppError('temporal-unavailable', 'the call cannot be started now', { cause });
    }
    throw cause;
  }
}
