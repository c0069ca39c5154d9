import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createFileKeyProvider } from './key-provider.ts';
import { createFolderStore } from './object-store.ts';
import { createRecordingStore, type RecordingStore } from './recordings.ts';
import { createSealer } from './sealing.ts';

let fixture: TestDatabase;
let dir = '';
let store: RecordingStore;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  dir = await mkdtemp(join(tmpdir(), 'switchboard-recordings-'));
  store = createRecordingStore({
    database: fixture.database,
    sealer: createSealer(createFileKeyProvider(join(dir, 'keys.json'))),
    objects: createFolderStore(join(dir, 'recordings')),
  });
});
afterAll(async () => {
  await fixture.close();
  await rm(dir, { recursive: true, force: true });
});

const sound = Buffer.from('a caller says what nobody else shall hear '.repeat(5_000));
async function* parts(content = sound): AsyncGenerator<Buffer> {
  yield content;
}
const told = (recordingId: string) => ({ tenantId: 'acme', callId: 'CA1', recordingId, kind: 'voicemail' as const });
const heard = async (tenantId: string, recordingId: string): Promise<string> =>
  (await buffer(store.readSound({ tenantId, recordingId }))).toString();

test('a recording that is told of again and again is one row, and its sound is sealed', async () => {
  for (let n = 0; n < 3; n += 1) {
    await store.expectRecording(told('RE1'));
    const kept = await store.writeSound(told('RE1'), parts());
    expect(kept.bytes).toBe(sound.length);
    await store.settle({
      ...told('RE1'),
      status: 'kept',
      channels: 1,
      durationMs: 4_000,
      recordedAtMs: 1e12,
      sound: kept,
    });
    await store.markOursAlone(told('RE1'));
  }
  expect(await store.readRecordings({ tenantId: 'acme', callId: 'CA1' })).toEqual([
    {
      recordingId: 'RE1',
      callId: 'CA1',
      kind: 'voicemail',
      status: 'kept',
      channels: 1,
      durationMs: 4_000,
      bytes: sound.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      recordedAtMs: 1e12,
      isOursAlone: true,
    },
  ]);
  expect(await heard('acme', 'RE1')).toBe(sound.toString());
  const file = join(dir, 'recordings', 'acme', 'CA1', 'RE1');
  expect((await readFile(file)).includes('nobody else')).toBe(false);
  const [row] = await query<{ sealed_key: string }>(fixture.adminUrl, 'select sealed_key from recordings');
  expect(row?.sealed_key).toMatch(/^v1\./);
});

test('another tenant neither reads the row nor opens the sound', async () => {
  await store.expectRecording(told('RE2'));
  await store.writeSound(told('RE2'), parts());
  expect(await store.readRecording({ tenantId: 'other', recordingId: 'RE2' })).toBeUndefined();
  await expect(heard('other', 'RE2')).rejects.toThrow('nobody has told of this recording');
});

test('a sound that was changed in the store is not given out', async () => {
  await store.expectRecording(told('RE3'));
  await store.writeSound(told('RE3'), parts());
  const file = join(dir, 'recordings', 'acme', 'CA1', 'RE3');
  const bytes = await readFile(file);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await expect(heard('acme', 'RE3')).rejects.toMatchObject({ code: 'secret-unreadable' });
  await store.removeSound(told('RE3'));
  await expect(heard('acme', 'RE3')).rejects.toMatchObject({ code: 'object-missing' });
});
