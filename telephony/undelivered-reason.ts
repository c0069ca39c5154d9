/** Why a text message did not arrive; what each asks of an operator is in `docs/flow-parts.md`. */
export type UndeliveredReason =
  | 'unreachable'
  | 'blocked'
  | 'number-unknown'
  | 'no-mobile'
  | 'filtered'
  | 'not-registered'
  | 'carrier-refused'
  | 'unknown';

/** Twilio's error codes of messages (twilio.com/docs/api/errors). */
const byCode: ReadonlyMap<number, UndeliveredReason> = new Map([
  [30_003, 'unreachable'],
  [30_004, 'blocked'],
  [30_005, 'number-unknown'],
  [30_006, 'no-mobile'],
  [30_007, 'filtered'],
  [30_008, 'unknown'],
  [30_034, 'not-registered'],
]);

/** In words of our own, with the carrier's code where it gave one. */
export function undeliveredReason(carrierCode: number | undefined): {
  reason: UndeliveredReason;
  carrierCode?: number;
} {
  if (carrierCode === undefined) return { reason: 'unknown' };
  return { reason: byCode.get(carrierCode) ?? 'carrier-refused', carrierCode };
}
