import type { Call } from './call.ts';

/**
 * The result of a question to the customer's server, or undefined when the call has gone on meanwhile: nobody waits
 * for an answer that nobody needs, but the call is not settled before the question is.
 */
export function untilAborted<T>(call: Call, work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  call.track(work);
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  if (signal.aborted) resolve(undefined);
  return Promise.race([work, aborted]);
}
