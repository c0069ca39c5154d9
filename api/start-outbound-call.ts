import { isGrpcServiceError } from '@temporalio/client';
import { AppError } from '../contracts/errors.ts';

/** Starts an outbound call. One that was started before for the same request, even one that is over, is no failure. */
export async function startOutboundCall(
  start: () => Promise<'started' | 'same-request' | 'other-request'>,
): Promise<void> {
  const started = await start().catch((cause: unknown) => {
    if (!isGrpcServiceError(cause) && !(cause instanceof Error && isGrpcServiceError(cause.cause))) throw cause;
    throw new AppError('temporal-unavailable', 'the call cannot be started now', { cause });
  });
  if (started === 'other-request')
    throw new AppError(
      'idempotency-key-reused',
      'a call was asked for under this idempotencyKey with other parameters: take a new key for a new call',
    );
}
