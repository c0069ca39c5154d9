import type { Call } from './call.ts';
import type { FormFields } from './form-fields.ts';

/** The parameters that every voice webhook of a call carries. */
export function voiceFields(call: Call): FormFields {
  const geo = { City: '', State: '', Zip: '', Country: 'CZ' };
  const places = ['From', 'To', 'Caller', 'Called'].flatMap((party) =>
    Object.entries(geo).map(([field, value]) => [party + field, value] as const),
  );
  return {
    CallSid: call.sid,
    AccountSid: call.account.sid,
    From: call.from,
    To: call.to,
    Caller: call.from,
    Called: call.to,
    CallStatus: call.status,
    ApiVersion: '2010-04-01',
    Direction: call.direction,
    ParentCallSid: call.parentCallSid,
    AnsweredBy: call.answeredBy,
    ...Object.fromEntries(places),
    ...(call.direction === 'inbound' && { StirVerstat: 'No-TN-Validation' }),
  };
}

/** Seconds that the call was connected, as billed. */
export function durationSeconds(call: Call): number {
  if (call.answeredAtMs === undefined) return 0;
  return Math.round(((call.endedAtMs ?? call.line.nowMs) - call.answeredAtMs) / 1000);
}

/** `Sat, 21 Nov 2026 10:00:00 +0000`, as the 2010 API writes dates. */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
