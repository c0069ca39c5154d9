import { AppError } from '../contracts/errors.ts';

/** What is certain about a request that failed: `done: 'no'` means that the carrier did nothing. */
export interface CarrierFailure {
  error: AppError;
  done: 'no' | 'unknown';
  /** The carrier's own error code, such as 21220. */
  carrierCode?: number;
}

/** The call is over, or was never there any more (twilio.com/docs/api/errors/21220, 20404). */
const endedCode = 21_220;
const missingCode = 20_404;
/** Failures before a byte was sent. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
]);

/** The vendor's texts quote numbers that people are reached at: only codes leave this function. */
export function carrierFailure(thrown: unknown): CarrierFailure {
  const { status, code } = factsOf(thrown);
  if (status === undefined) {
    const error = new AppError(
      'carrier-unavailable',
      `the carrier cannot be reached (${typeof code === 'string' ? code : 'no answer'})`,
    );
    return { error, done: typeof code === 'string' && neverSent.has(code) ? 'no' : 'unknown' };
  }
  const carrierCode = typeof code === 'number' ? code : undefined;
  const words = `HTTP ${status}${carrierCode === undefined ? '' : `, error ${carrierCode}`}`;
  const told = carrierCode === undefined ? {} : { carrierCode };
  if (carrierCode === endedCode)
    return { error: new AppError('call-ended', `the call is over (${words})`), done: 'no', ...told };
  if (carrierCode === missingCode || status === 404)
    return { error: new AppError('call-unknown', `the carrier does not know it (${words})`), done: 'no', ...told };
  if (status === 429)
    return { error: new AppError('carrier-unavailable', `the carrier is busy (${words})`), done: 'no', ...told };
  if (status >= 500)
    return { error: new AppError('carrier-unavailable', `the carrier failed (${words})`), done: 'unknown', ...told };
  return { error: new AppError('carrier-refused', `the carrier refused (${words})`), done: 'no', ...told };
}

function factsOf(thrown: unknown): { status?: number; code?: number | string } {
  const fact = (name: string): unknown =>
    thrown instanceof Error ? Object.getOwnPropertyDescriptor(thrown, name)?.value : undefined;
  const status = fact('status');
  const code = fact('code');
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'number' || typeof code === 'string' ? { code } : {}),
  };
}
