import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

/** A form as it was posted: repeated names are lists. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

export interface SignedRequest {
  /** Exact public address, with query and without fragment; `wss://…` of a stream's upgrade, where the form is empty. */
  url: string;
  /** `X-Twilio-Signature`. */
  signature: string | undefined;
  fields?: FormFields;
}

/**
 * Whether the carrier signed a request with this account's auth token (twilio.com/docs/usage/security): HMAC-SHA1 over
 * the address and the sorted form, compared in constant time. A missing or malformed signature is false, never thrown.
 */
export function verifyTwilioSignature({ url, signature, fields = {} }: SignedRequest, authToken: string): boolean {
  // An empty token would let anybody sign.
  if (signature === undefined || authToken === '' || !URL.canParse(url)) return false;
  return validateRequest(authToken, signature, url, { ...fields });
}
