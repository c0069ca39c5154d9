import { AppError } from '../../contracts/errors.ts';
import { instantsOf, isZone } from '../../contracts/flow/calendar/zone.ts';
import type { StoredCall } from '../../contracts/flow/replay/stored-call.ts';
import type { CallLedger } from '../../db/call-ledgers.ts';

/** A call as a replay takes it, or why it cannot. */
export function storedCallOf(ledger: CallLedger): StoredCall {
  const { callId, direction, from, to, language, flowId, flowVersion, decisions, flow } = ledger;
  if (flowId === undefined || flowVersion === undefined || language === undefined)
    throw new AppError('call-unknown', `nothing is known of the flow of call ${callId}: it ran without its workflow`);
  const theirs = direction === 'inbound' ? from : to;
  return {
    callId,
    flowId,
    flowVersion,
    language,
    decisions,
    ...(theirs !== undefined && { callerNumber: theirs }),
    ...(flow && { flow }),
  };
}

/** From midnight to midnight on the wall of a zone. */
export function dayIn(timeZone: string, day: string): { fromMs: number; untilMs: number } {
  if (!isZone(timeZone)) throw new AppError('config-invalid', `${timeZone} is no time zone such as Europe/Prague`);
  const number = Date.parse(`${day}T00:00:00Z`) / 86_400_000;
  const [fromMs = 0, untilMs = 0] = [number, number + 1].map(
    (each) => instantsOf(timeZone, { day: each, minute: 0 })[0],
  );
  return { fromMs, untilMs };
}
