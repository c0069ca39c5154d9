import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../contracts/errors.ts';

/** A data key, encrypted by a key-encryption key that never leaves its provider. */
export interface WrappedKey {
  /** Which key-encryption key wrapped it. */
  keyId: string;
  bytes: Buffer;
}

/** Holds the key-encryption keys. The default is a file; a KMS or Vault takes its place by the same three operations. */
export interface KeyProvider {
  /** The key that wraps now; what names another one wants re-wrapping. */
  currentKeyId(): Promise<string>;
  wrap(dataKey: Buffer): Promise<WrappedKey>;
  unwrap(wrapped: WrappedKey): Promise<Buffer>;
  /** 32 bytes for one purpose, the same at every call and after every rotation. */
  derive(purpose: string): Promise<Buffer>;
}

/** The platform's key for Temporal's payload codec: one for all tenants, since a history is read by its own id alone. */
export const platformKey = (provider: KeyProvider): Promise<Buffer> => provider.derive('temporal-payload-codec');

interface KeyFile {
  current: string;
  /** Key-encryption keys by id, base64; old ones stay until nothing is wrapped by them. */
  keys: Readonly<Record<string, string>>;
  /** What purposes are derived from; never rotated, base64. */
  root: string;
}

/** Keys in a JSON file of mode 0600, made at the first use. Read again where a key is asked for that it did not have. */
export function createFileKeyProvider(path: string): KeyProvider {
  let loaded: Promise<KeyFile> | undefined;
  const load = (): Promise<KeyFile> => {
    loaded ??= readOrMake(path).catch((failure: unknown) => {
      loaded = undefined;
      throw failure;
    });
    return loaded;
  };
  const keyOf = async (keyId: string): Promise<Buffer> => {
    let encoded = (await load()).keys[keyId];
    if (encoded === undefined) {
      loaded = undefined;
      encoded = (await load()).keys[keyId];
    }
    if (encoded === undefined) throw new AppError('secret-unreadable', `the key file ${path} lacks the key ${keyId}`);
    return Buffer.from(encoded, 'base64');
  };
  return {
    currentKeyId: async () => (await load()).current,
    wrap: async (dataKey) => {
      const { current } = await load();
      return { keyId: current, bytes: encrypt(await keyOf(current), dataKey, Buffer.from(current)) };
    },
    unwrap: async ({ keyId, bytes }) => decrypt(await keyOf(keyId), bytes, Buffer.from(keyId)),
    derive: async (purpose) => {
      const { root } = await load();
      return Buffer.from(hkdfSync('sha256', Buffer.from(root, 'base64'), 'switchboard', purpose, 32));
    },
  };
}

/** Adds a key-encryption key and makes it the current one; returns its id. Running processes take it at their next start. */
export async function rotateFileKey(path: string): Promise<string> {
  const before = await readOrMake(path);
  const id = newKeyId();
  const after: KeyFile = { ...before, current: id, keys: { ...before.keys, [id]: newKey() } };
  const part = `${path}.${id}`;
  await writeFile(part, serialise(after), { mode: 0o600 });
  await rename(part, path);
  return id;
}

/** AES-256-GCM: 12 bytes of nonce, ciphertext, 16 bytes of tag. */
export function encrypt(key: Buffer, plaintext: Buffer, aad: Buffer, nonce = randomBytes(12)): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse of `encrypt`; fails with `secret-unreadable` on anything that was changed. */
export function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 }).setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch (cause) {
    throw new AppError('secret-unreadable', 'a sealed value was changed, moved or sealed by another key', { cause });
  }
}

async function readOrMake(path: string): Promise<KeyFile> {
  const text = await readFile(path, 'utf8').catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT')
      throw new AppError('secret-unreadable', `the key file ${path} cannot be read`, { cause });
    await make(path);
    return readFile(path, 'utf8');
  });
  return parse(path, text);
}

/** Two processes may start at once: the file appears whole, and the second one's keys are thrown away. */
async function make(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const id = newKeyId();
  const part = `${path}.${id}`;
  await writeFile(part, serialise({ current: id, keys: { [id]: newKey() }, root: newKey() }), { mode: 0o600 });
  await link(part, path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST')
      throw new AppError('secret-unreadable', `the key file ${path} cannot be made`, { cause });
  });
  await rm(part);
}

function parse(path: string, text: string): KeyFile {
  try {
    const { current, keys, root }: Partial<KeyFile> = JSON.parse(text);
    const all = Object.values(keys ?? {}).concat(root ?? '');
    const whole = all.every((key) => Buffer.from(key, 'base64').length === 32);
    if (current !== undefined && keys?.[current] !== undefined && root !== undefined && whole)
      return { current, keys, root };
  } catch {
    // said below
  }
  throw new AppError(
    'secret-unreadable',
    `the key file ${path} is damaged: restore it from a backup, nothing sealed can be read without it`,
  );
}

const serialise = (file: KeyFile): string => `${JSON.stringify(file, undefined, 2)}\n`;
const newKey = (): string => randomBytes(32).toString('base64');
const newKeyId = (): string => `k${randomBytes(6).toString('hex')}`;
