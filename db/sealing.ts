/**
 * Envelope encryption: AES-256-GCM under a data key, the data key wrapped by a key-encryption key.
 *
 * 1. A sealed value opens only for the tenant and the record that it was sealed for.
 * 2. A data key serves one tenant and at most `maxSeals` values (random nonces stay far from their limit).
 * 3. Rotation re-wraps the data key; what it encrypts is not touched.
 */
import { randomBytes } from 'node:crypto';
import { AppError } from '../contracts/errors.ts';
import { decrypt, encrypt, type KeyProvider, type WrappedKey } from './key-provider.ts';

/** What a sealed value belongs to, such as tenant `acme` and record `provider_credentials/twilio`. */
export interface SealedFor {
  tenantId: string;
  record: string;
}

export interface Sealer {
  /** Text that can stand in a column: `v1.<key id>.<wrapped data key>.<nonce, ciphertext and tag>`. */
  seal(plaintext: string, owner: SealedFor): Promise<string>;
  /** Fails with `secret-unreadable` where the value was changed, moved, or its key is gone. */
  open(sealed: string, owner: SealedFor): Promise<string>;
  /** The same value under the current key-encryption key; the text as it was where it already is. */
  rewrap(sealed: string): Promise<string>;
}

const maxSeals = 1000;
const maxCachedKeys = 500;

export function createSealer(provider: KeyProvider): Sealer {
  const sealing = new Map<string, { key: Buffer; wrapped: Promise<WrappedKey>; seals: number }>();
  const opened = new Map<string, Promise<Buffer>>();

  async function sealingKey(tenantId: string): Promise<{ key: Buffer; wrapped: WrappedKey }> {
    let entry = sealing.get(tenantId);
    if (!entry || entry.seals >= maxSeals) {
      const key = randomBytes(32);
      entry = { key, wrapped: provider.wrap(key), seals: 0 };
      remember(sealing, tenantId, entry);
      entry.wrapped.catch(() => sealing.delete(tenantId));
    }
    entry.seals++;
    return { key: entry.key, wrapped: await entry.wrapped };
  }

  function openedKey(wrapped: WrappedKey): Promise<Buffer> {
    const name = `${wrapped.keyId}.${wrapped.bytes.toString('base64url')}`;
    const known = opened.get(name);
    if (known) return known;
    const key = provider.unwrap(wrapped);
    remember(opened, name, key);
    key.catch(() => opened.delete(name));
    return key;
  }

  return {
    seal: async (plaintext, owner) => {
      const { key, wrapped } = await sealingKey(owner.tenantId);
      return format(wrapped, encrypt(key, Buffer.from(plaintext), aadOf(owner)));
    },
    open: async (sealed, owner) => {
      const { wrapped, body } = parse(sealed);
      return decrypt(await openedKey(wrapped), body, aadOf(owner)).toString();
    },
    rewrap: async (sealed) => {
      const { wrapped, body } = parse(sealed);
      if (wrapped.keyId === (await provider.currentKeyId())) return sealed;
      return format(await provider.wrap(await openedKey(wrapped)), body);
    },
  };
}

/** Lengths first, so that no two owners read alike. */
const aadOf = ({ tenantId, record }: SealedFor): Buffer => Buffer.from(`${tenantId.length}:${tenantId}:${record}`);

const format = ({ keyId, bytes }: WrappedKey, body: Buffer): string =>
  ['v1', keyId, bytes.toString('base64url'), body.toString('base64url')].join('.');

function parse(sealed: string): { wrapped: WrappedKey; body: Buffer } {
  const [version, keyId, bytes, body, ...rest] = sealed.split('.');
  if (version !== 'v1' || !keyId || !bytes || !body || rest.length > 0) {
    throw new AppError('secret-unreadable', 'a sealed value is not in a form that this version knows');
  }
  return { wrapped: { keyId, bytes: Buffer.from(bytes, 'base64url') }, body: Buffer.from(body, 'base64url') };
}

/** Bounded: the oldest entry goes. */
function remember<V>(cache: Map<string, V>, name: string, value: V): void {
  const [oldest] = cache.keys();
  if (cache.size >= maxCachedKeys && oldest !== undefined) cache.delete(oldest);
  cache.set(name, value);
}
