import { createHmac } from 'node:crypto';
import { type FormFields, formPairs } from './form-fields.ts';

/**
 * The `X-Twilio-Signature` of a request: base64 of HMAC-SHA1 over the public URL (without fragment) followed by each
 * key and value, sorted by key; the values of a repeated key are made unique and sorted. A WebSocket handshake and
 * a GET sign the URL alone.
 */
export function signRequest(authToken: string, url: string, fields: FormFields = {}): string {
  const values = Map.groupBy(formPairs(fields), ([key]) => key);
  const signed = [...values.keys()].toSorted().map((key) => {
    const unique = new Set((values.get(key) ?? []).map(([, value]) => value));
    return [...unique]
      .toSorted()
      .map((value) => key + value)
      .join('');
  });
  return createHmac('sha1', authToken)
    .update(url + signed.join(''), 'utf8')
    .digest('base64');
}
