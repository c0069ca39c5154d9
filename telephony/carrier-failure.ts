import { AppError, type ErrorCode } from '../contracts/errors.ts';

/** What the carrier said no to, with its own error code, such as 21220, where it gave one. */
export class CarrierError extends AppError {
  readonly carrierCode: number | undefined;

  constructor(code: ErrorCode, message: string, carrierCode: number | undefined) {
    super(code, message);
    this.name = 'CarrierError';
    this.carrierCode = carrierCode;
  }
}

/** What is certain about a request that failed: `done: 'no'` means that the carrier did nothing. */
export interface CarrierFailure {
  error: AppError;
  done: 'no' | 'unknown';
  /** It was asked too often. */
  isThrottled?: true;
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
  const failure = (errorCode: ErrorCode, what: string): AppError =>
    new CarrierError(errorCode, `${what} (${words})`, carrierCode);
  if (carrierCode === endedCode) return { error: failure('call-ended', 'the call is over'), done: 'no' };
  if (carrierCode === missingCode || status === 404)
    return { error: failure('call-unknown', 'the carrier does not know it'), done: 'no' };
  if (status === 429)
    return { error: failure('carrier-unavailable', 'the carrier is busy'), done: 'no', isThrottled: true };
  if (status >= 500) return { error: failure('carrier-unavailable', 'the carrier failed'), done: 'unknown' };
  return { error: failure('carrier-refused', 'the carrier refused'), done: 'no' };
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
