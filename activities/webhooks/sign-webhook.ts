import { createHmac } from 'node:crypto';

const secretPrefix = 'whsec_';

/**
 * Headers that prove who sent a webhook, when, and that nobody changed it, as the Standard Webhooks specification has it
 * (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`. A secret that begins with `whsec_` is the key in base64.
 */
export function signedHeaders(
  { id, atMs, body }: { id: string; atMs: number; body: string },
  secret: string | undefined,
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const key = secret.startsWith(secretPrefix)
    ? Buffer.from(secret.slice(secretPrefix.length), 'base64')
    : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
