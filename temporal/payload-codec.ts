/**
 * What Temporal stores of us is compressed and then encrypted: AES-256-GCM with one platform key.
 *
 * 1. The sealed text is the whole payload, metadata included; in clear stand only the codec's name, the key's id and the scope.
 * 2. The scope is `t/<tenant>` where the owning workflow's id names a tenant, else `platform`. It is authenticated, so a
 *    payload that was moved into another tenant's workflow is refused.
 * 3. Where the SDK or the Temporal UI names no owner, opening takes the scope from the payload itself, and sealing leaves
 *    it empty: such a payload (a signal typed in the UI, a schedule's memo) may go to any workflow.
 * 4. The scope is the tenant and not the workflow's id, because a schedule's arguments are encoded under the id that its
 *    runs only begin with, and a child's result is copied into its parent's history.
 * 5. Keys are chosen by the id in the payload: the first seals, all open, so that an old key can be retired in time.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { AppError } from '../contracts/errors.ts';
import { tenantOfWorkflowId } from '../contracts/ids.ts';

const PayloadProto = proto.temporal.api.common.v1.Payload;

/** Value of the metadata field `encoding` of everything that this codec has sealed. */
const sealedEncoding = 'binary/encrypted';
const ivBytes = 12;
const tagBytes = 16;
/** Below this a zstd frame costs more than it saves. */
const worthCompressingBytes = 200;
/** Payloads are bounded by 2 MiB on the wire; this bounds what one can unpack to. */
const maxUnpackedBytes = 64 * 1024 * 1024;
const unbound = '';
const form = { plain: 0, zstd: 1 } as const;

interface PayloadKey {
  id: string;
  key: Buffer;
}

/** What the SDK says of the owner of a payload; the codec reads the workflow's id alone. */
interface PayloadOwner {
  workflowId?: string;
}

/** Platform keys, 32 bytes or more of randomness each: the first seals, all open. */
export type PlatformKeys = readonly [Uint8Array, ...Uint8Array[]];

/** The codec of every client, worker and codec server. */
export function createPayloadCodec([current, ...older]: PlatformKeys): PayloadCodec {
  const sealingKey = payloadKeyFrom(current);
  const byId = new Map([sealingKey, ...older.map(payloadKeyFrom)].map((key) => [key.id, key]));
  return {
    encode: async (payloads, owner) => payloads.map((payload) => seal(sealingKey, payload, scopeOf(owner))),
    decode: async (payloads, owner) =>
      payloads.map((payload) => (isSealed(payload) ? open(byId, payload, owner) : payload)),
  };
}

/** The id is a fingerprint: it stands in clear in each payload and reveals nothing. */
function payloadKeyFrom(platformKey: Uint8Array): PayloadKey {
  if (platformKey.length < 32)
    throw new AppError('config-invalid', `the platform key has ${platformKey.length} bytes, at least 32 are needed`);
  const key = Buffer.from(hkdfSync('sha256', platformKey, '', 'switchboard temporal payloads', 32));
  const id = createHash('sha256').update('switchboard payload key id').update(key).digest('hex').slice(0, 12);
  return { id, key };
}

function seal({ id, key }: PayloadKey, payload: Payload, scope: string): Payload {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(id, scope));
  const packed = pack(PayloadProto.encode(payload).finish());
  return {
    metadata: { encoding: Buffer.from(sealedEncoding), key: Buffer.from(id), scope: Buffer.from(scope) },
    data: Buffer.concat([iv, cipher.update(packed), cipher.final(), cipher.getAuthTag()]),
  };
}

function open(byId: ReadonlyMap<string, PayloadKey>, payload: Payload, owner: PayloadOwner | undefined): Payload {
  const id = metadataText(payload, 'key');
  const scope = metadataText(payload, 'scope');
  const found = byId.get(id);
  if (!found) throw new AppError('secret-unreadable', `no key ${id} is at hand for a Temporal payload`);
  if (scope !== unbound && owner?.workflowId !== undefined && scope !== scopeOf(owner))
    throw new AppError('secret-unreadable', 'a Temporal payload belongs to another tenant than its workflow');
  const sealed = Buffer.from(payload.data ?? []);
  if (sealed.length < ivBytes + tagBytes + 1)
    throw new AppError('secret-unreadable', 'a Temporal payload is cut short');
  try {
    const decipher = createDecipheriv('aes-256-gcm', found.key, sealed.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(associatedData(id, scope));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const packed = Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
    return PayloadProto.decode(unpack(packed));
  } catch (cause) {
    throw new AppError('secret-unreadable', 'a Temporal payload was changed since it was sealed', { cause });
  }
}

function isSealed(payload: Payload): boolean {
  return metadataText(payload, 'encoding') === sealedEncoding;
}

function metadataText(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString();
}

function scopeOf(owner: PayloadOwner | undefined): string {
  if (owner?.workflowId === undefined) return unbound;
  const tenantId = tenantOfWorkflowId(owner.workflowId);
  return tenantId === undefined ? 'platform' : `t/${tenantId}`;
}

function associatedData(keyId: string, scope: string): Buffer {
  return Buffer.from(JSON.stringify([sealedEncoding, keyId, scope]));
}

function pack(bytes: Uint8Array): Buffer {
  const squeezed = bytes.length < worthCompressingBytes ? undefined : zstdCompressSync(bytes);
  return squeezed && squeezed.length < bytes.length
    ? Buffer.concat([Buffer.of(form.zstd), squeezed])
    : Buffer.concat([Buffer.of(form.plain), bytes]);
}

function unpack(packed: Buffer): Uint8Array {
  const body = packed.subarray(1);
  if (packed[0] === form.plain) return body;
  if (packed[0] === form.zstd) return zstdDecompressSync(body, { maxOutputLength: maxUnpackedBytes });
  throw new AppError('secret-unreadable', `a Temporal payload has the unknown form ${packed[0]}`);
}
