import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFileKeyProvider } from '../../db/key-provider.ts';
import { createFolderStore } from '../../db/object-store.ts';
import { createCredentialStore } from '../../db/provider-credentials.ts';
import { createRecordingStore } from '../../db/recordings.ts';
import { createSealedValues } from '../../db/sealed-values.ts';
import { createSealer } from '../../db/sealing.ts';
import { createWebhookStore } from '../../db/webhooks.ts';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../../test/database-fixture.ts';
import { WrongUsage } from '../running/command-line.ts';
import { readRotation } from './rotate.ts';

let fixture: TestDatabase;
let dir = '';
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  dir = await mkdtemp(join(tmpdir(), 'switchboard-rotate-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(dir, { recursive: true, force: true });
});

const keyFile = (): string => join(dir, 'keys.json');
const sealer = () => createSealer(createFileKeyProvider(keyFile()));
const rotate = (...args: string[]): Promise<string[]> =>
  readRotation(args)({
    keyFile: keyFile(),
    openValues: () => createSealedValues({ database: fixture.database, sealer: sealer() }),
  });
const secret = { tenantId: 'acme', provider: 'twilio', accountId: 'AC1', label: 'auth-token' } as const;
const recording = { tenantId: 'other', recordingId: 'RE1', callId: 'CA1', kind: 'call' } as const;
const stores = () => ({
  credentials: createCredentialStore({ database: fixture.database, sealer: sealer() }),
  webhooks: createWebhookStore({ database: fixture.database, sealer: sealer() }),
  recordings: createRecordingStore({
    database: fixture.database,
    sealer: sealer(),
    objects: createFolderStore(join(dir, 'recordings')),
  }),
});
const sealed = async (): Promise<string[]> => {
  const rows = await query<{ sealed: string }>(
    fixture.adminUrl,
    `select sealed_secret as sealed from provider_credentials union all select sealed_secret from webhooks
       union all select sealed_key from recordings`,
  );
  return rows.map((row) => row.sealed);
};

async function expectAllOpen(): Promise<void> {
  const { credentials, webhooks, recordings } = stores();
  expect(await credentials.readSecret(secret)).toBe('token');
  expect(await webhooks.readWebhook('other', 'crm')).toMatchObject({ secret: 'signs' });
  expect((await buffer(recordings.readSound(recording))).toString()).toBe('sound');
}

it('refuses where there is no key file, and makes none', async () => {
  await expect(rotate()).rejects.toThrow('there is no key file');
  await expect(readFile(keyFile())).rejects.toMatchObject({ code: 'ENOENT' });
  expect(() => readRotation(['now'])).toThrow(WrongUsage);
});

it('brings what all tenants have stored under a new key, and leaves it to be opened at every step', async () => {
  const { credentials, webhooks, recordings } = stores();
  await credentials.storeSecret({ ...secret, secret: 'token' });
  await webhooks.storeWebhook('other', { webhookId: 'crm', name: 'CRM', url: 'https://crm.test', secret: 'signs' });
  await recordings.expectRecording(recording);
  await recordings.writeSound(
    recording,
    (async function* () {
      yield Buffer.from('sound');
    })(),
  );

  const before = await sealed();
  expect((await rotate()).join('\n')).toContain('(3 to do)');
  expect(await sealed()).toEqual(before);
  await expectAllOpen();
  expect(await rotate('--rewrap')).toEqual([expect.stringMatching(/^3 stored .* none is under an older one/)]);
  const keyId = await createFileKeyProvider(keyFile()).currentKeyId();
  expect((await sealed()).map((text) => text.split('.')[1])).toEqual([keyId, keyId, keyId]);
  await expectAllOpen();
  expect(await rotate('--rewrap')).toEqual([expect.stringMatching(/^0 stored/)]);
});

it('changes nothing where the file is another one than that of the stored secrets', async () => {
  const right = await readFile(keyFile(), 'utf8');
  await rm(keyFile());
  await createFileKeyProvider(keyFile()).currentKeyId();
  const wrong = await readFile(keyFile(), 'utf8');
  const before = await sealed();
  for (const args of [[], ['--rewrap']])
    await expect(rotate(...args)).rejects.toMatchObject({ code: 'secret-unreadable' });
  expect(await readFile(keyFile(), 'utf8')).toBe(wrong);
  expect(await sealed()).toEqual(before);
  await writeFile(keyFile(), right);
  await expectAllOpen();
});
