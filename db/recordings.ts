import { createHash, randomBytes } from 'node:crypto';
import type { CallKey } from './call-sessions.ts';
import type { Database } from './database.ts';
import type { ObjectStore } from './object-store.ts';
import { openStream, sealStream } from './sealed-stream.ts';
import type { Sealer } from './sealing.ts';
import { asMs, fromMs } from './sql-values.ts';

export type RecordingKind = 'call' | 'voicemail';
/** `absent`: the carrier has no sound of it. `discarded`: something sensitive would be heard in it, so nobody kept it. */
export type RecordingStatus = 'pending' | 'kept' | 'absent' | 'discarded';

export interface RecordingKey {
  tenantId: string;
  /** The carrier's own id. */
  recordingId: string;
}

export interface Recording {
  recordingId: string;
  callId: string;
  kind: RecordingKind;
  status: RecordingStatus;
  channels?: number;
  durationMs?: number;
  bytes?: number;
  /** Of the sound as the carrier gave it, in hexadecimal digits. */
  sha256?: string;
  /** When it began, in milliseconds since 1970. */
  recordedAtMs?: number;
  /** Whether the carrier has no copy any more. */
  isOursAlone: boolean;
}

/** What was kept of a sound. */
export interface KeptSound {
  bytes: number;
  sha256: string;
}

export type RecordingStore = ReturnType<typeof createRecordingStore>;

/** The recordings of calls: a row for each, and the sound in the object store, sealed under a key of its own. */
export function createRecordingStore({
  database,
  sealer,
  objects,
}: {
  database: Database;
  sealer: Sealer;
  objects: ObjectStore;
}) {
  async function soundOf({ tenantId, recordingId }: RecordingKey): Promise<{ objectKey: string; key: Buffer }> {
    const [row] = await database
      .forTenant(tenantId)
      .execute<{ objectKey: string; sealedKey: string }>(
        `select object_key as "objectKey", sealed_key as "sealedKey" from recordings where tenant_id = ? and recording_id = ?`,
        [tenantId, recordingId],
      );
    if (!row) throw new RangeError('nobody has told of this recording');
    const opened = await sealer.open(row.sealedKey, sealedFor(tenantId, recordingId));
    return { objectKey: row.objectKey, key: Buffer.from(opened, 'base64') };
  }

  return {
    /** Tells of a recording; what is known of it stays as it is. */
    expectRecording: async ({
      tenantId,
      callId,
      recordingId,
      kind,
    }: CallKey & { recordingId: string; kind: RecordingKind }): Promise<void> => {
      // The key is made once and stands in the row: whoever keeps the sound, and however often, seals it by the same.
      const sealedKey = await sealer.seal(randomBytes(32).toString('base64'), sealedFor(tenantId, recordingId));
      const params = [tenantId, recordingId, callId, kind, sealedKey, `${tenantId}/${callId}/${recordingId}`];
      await database.forTenant(tenantId).execute(
        `insert into recordings (tenant_id, recording_id, call_id, kind, sealed_key, object_key)
             values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
        params,
      );
    },

    /** Puts the sound into the object store and reads it again: what it gives is what was really kept. */
    writeSound: async (key: RecordingKey, sound: AsyncIterable<Uint8Array>): Promise<KeptSound> => {
      const { objectKey, key: own } = await soundOf(key);
      const given = measure();
      await objects.write(objectKey, sealStream(given.through(sound), own));
      const kept = measure();
      await kept.drain(openStream(objects.read(objectKey), own));
      if (kept.sha256() !== given.sha256()) throw new RangeError('the object store gives back something else');
      return { bytes: kept.bytes(), sha256: kept.sha256() };
    },

    /** The sound as the carrier gave it. */
    readSound: async function* (key: RecordingKey): AsyncGenerator<Uint8Array> {
      const { objectKey, key: own } = await soundOf(key);
      yield* openStream(objects.read(objectKey), own);
    },

    removeSound: async (key: RecordingKey): Promise<void> => objects.remove((await soundOf(key)).objectKey),

    settle: async ({
      tenantId,
      recordingId,
      status,
      channels,
      durationMs,
      recordedAtMs,
      sound,
    }: RecordingKey & {
      status: Exclude<RecordingStatus, 'pending'>;
      channels?: number;
      durationMs: number;
      recordedAtMs?: number;
      sound?: KeptSound;
    }): Promise<void> => {
      const params = [
        status,
        channels ?? null,
        durationMs,
        recordedAtMs ?? null,
        sound?.bytes ?? null,
        sound?.sha256 ?? null,
        tenantId,
        recordingId,
      ];
      await database.forTenant(tenantId).execute(
        `update recordings set status = ?, channels = ?, duration_ms = ?, recorded_at = ${fromMs}, bytes = ?, sha256 = ?,
             kept_at = now() where tenant_id = ? and recording_id = ?`,
        params,
      );
    },

    /** The carrier has deleted its copy. */
    markOursAlone: async ({ tenantId, recordingId }: RecordingKey): Promise<void> => {
      const sql = `update recordings set carrier_deleted_at = coalesce(carrier_deleted_at, now())
        where tenant_id = ? and recording_id = ?`;
      await database.forTenant(tenantId).execute(sql, [tenantId, recordingId]);
    },

    readRecording: async ({ tenantId, recordingId }: RecordingKey): Promise<Recording | undefined> => {
      const sql = `${readSql} where tenant_id = ? and recording_id = ?`;
      const rows = await database.forTenant(tenantId).execute<{ recording: Recording }>(sql, [tenantId, recordingId]);
      return rows[0]?.recording;
    },

    /** Of one call, in the order in which they were told of. */
    readRecordings: async ({ tenantId, callId }: CallKey): Promise<Recording[]> => {
      const sql = `${readSql} where tenant_id = ? and call_id = ? order by created_at, recording_id`;
      const rows = await database.forTenant(tenantId).execute<{ recording: Recording }>(sql, [tenantId, callId]);
      return rows.map(({ recording }) => recording);
    },
  };
}

const readSql = `select jsonb_strip_nulls(jsonb_build_object('recordingId', recording_id, 'callId', call_id, 'kind', kind,
    'status', status, 'channels', channels, 'durationMs', duration_ms, 'bytes', bytes, 'sha256', sha256,
    'recordedAtMs', ${asMs('recorded_at')}, 'isOursAlone', carrier_deleted_at is not null)) as recording
  from recordings`;

const sealedFor = (tenantId: string, recordingId: string) => ({ tenantId, record: `recordings/${recordingId}` });

/** Counts and hashes what passes through. */
function measure() {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest: string | undefined;
  const take = (part: Uint8Array): void => {
    hash.update(part);
    bytes += part.length;
  };
  return {
    through: async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const part of content) {
        take(part);
        yield part;
      }
    },
    drain: async (content: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const part of content) take(part);
    },
    bytes: () => bytes,
    sha256: () => (digest ??= hash.digest('hex')),
  };
}
