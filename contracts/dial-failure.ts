/** Why nobody was reached where the outcome is `failed`; what each asks of an operator is in `docs/outbound.md`. */
const dialFailureReasons = [
  /** The carrier takes it for no telephone number, or for one that it cannot reach. */
  'number-invalid',
  /** A trial account calls only numbers that it has verified. */
  'number-unverified',
  /** The account may not call that country or range of numbers. */
  'destination-blocked',
  /** The number that we call from is not the account's, or not one to call from. */
  'caller-id-refused',
  /** The account is suspended, or its token is no longer the right one. */
  'account-refused',
  /** The carrier said no for another reason; its code tells. */
  'carrier-refused',
  /** The carrier took the call and could not put it through. */
  'not-put-through',
  /** The carrier, or our own database, was away for two minutes. */
  'unavailable',
  /** The account had so many calls to make that this one's turn did not come within an hour. */
  'not-in-time',
  /** Whether the carrier dialled cannot be found out: it is not asked a second time. */
  'dial-unknown',
  /** The number that we call from is none of the tenant's any more. */
  'number-unknown',
  /** The tenant has no token for the account of that number any more. */
  'credentials-missing',
] as const;

export type DialFailureReason = (typeof dialFailureReasons)[number];

/** Kept beside the outcome `failed`; no word of it comes from anybody who was called. */
export interface DialFailure {
  reason: DialFailureReason;
  /** The carrier's own error code, such as 21215. */
  carrierCode?: number;
  /** How the called network answered, such as 404 (RFC 3261 21). */
  sipCode?: number;
}
