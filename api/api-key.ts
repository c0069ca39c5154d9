import { createHash, randomBytes } from 'node:crypto';

/** A new key of a tenant's own programs: shown once, only its hash is stored. */
export function newApiKey(tenantId: string): { key: string; keyHash: string } {
  const key = `${tenantId}~${randomBytes(32).toString('base64url')}`;
  return { key, keyHash: hashApiKey(key) };
}

/** SHA-256 in hexadecimal: the secret part is random, so that nothing slower is needed. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The tenant that a key claims; its hash among that tenant's keys proves it. */
export function claimedTenant(key: string): string | undefined {
  return /^([A-Za-z0-9._-]{1,128})~[A-Za-z0-9_-]{43}$/.exec(key)?.[1];
}
