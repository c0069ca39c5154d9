import { ApplicationFailure } from '@temporalio/common';
import { AppError, messageOf } from '../contracts/errors.ts';

/** Runs an activity's work; what breaks a promise becomes a failure that Temporal retries where the error table says so. */
export async function asActivityFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw ApplicationFailure.create({ type: cause.code, message: messageOf(cause), nonRetryable: !cause.retry });
  }
}
