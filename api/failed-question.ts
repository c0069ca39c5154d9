import { type Awaited, isAwaited } from '../telephony/callback-urls.ts';
import type { CallPath } from './call-context.ts';
import type { CarrierForm } from './carrier-form.ts';

/** Which question of the carrier went wrong, read from the address that failed. `none`: asking it again makes no sense. */
export type FailedQuestion =
  | { type: 'first'; path?: CallPath }
  | { type: 'next'; path: CallPath; number: number; awaited: Awaited; gatewayId?: string | undefined }
  | { type: 'degraded'; path: CallPath; step: number }
  | { type: 'none'; path?: CallPath };

/** 11200 to 11299: the address could not be fetched. Above them it is our document that the carrier refused (12100, 13…). */
const fetchFailed = /^112\d\d$/;

/** Reads `ErrorCode` and `ErrorUrl`. The failed address may be another API's: only its path counts. */
export function failedQuestion({ ErrorCode, ErrorUrl }: CarrierForm): FailedQuestion {
  const pathname = ErrorUrl !== undefined && URL.canParse(ErrorUrl) ? new URL(ErrorUrl).pathname : '';
  const again = fetchFailed.test(ErrorCode ?? '');
  if (again && pathname.endsWith('/telephony/voice')) return { type: 'first' };
  const [, tenantId, callId, rest = ''] =
    /\/telephony\/t\/([\w.-]{1,128})\/calls\/([\w-]{1,64})\/(.*)$/.exec(pathname) ?? [];
  if (tenantId === undefined || callId === undefined) return { type: 'none' };
  const path = { tenantId, callId };
  return again ? questionOf(path, rest) : { type: 'none', path };
}

function questionOf(path: CallPath, rest: string): FailedQuestion {
  const [kind, count = '', awaited = '', gatewayId] = rest.split('/');
  if (kind === 'voice') return { type: 'first', path };
  if (!/^\d{1,6}$/.test(count)) return { type: 'none', path };
  if (kind === 'degraded') return { type: 'degraded', path, step: Number(count) };
  return kind === 'next' && isAwaited(awaited)
    ? { type: 'next', path, number: Number(count), awaited, gatewayId }
    : { type: 'none', path };
}
