import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFileKeyProvider } from '../db/key-provider.ts';
import { createSealer } from '../db/sealing.ts';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createAccountDirectory } from './account-directory.ts';
import { createNumberDirectory } from './number-directory.ts';
import { createStandby } from './standby.ts';
import { createFolderStore } from '../db/object-store.ts';
import { createStoredFacts } from './stored-facts.ts';
import { createWorld, type World } from './testing/api-harness.ts';
import { addRoutedTenant } from './testing/routed-tenant.ts';

let db: TestDatabase;
let folder: string;
let world: World;
let kept = 0;
let atMs = 1_800_000_000_000;

/** An API that has started and been called by nobody, when its database goes away. */
beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'without-postgres-'));
  const { database } = db;
  const sealer = createSealer(createFileKeyProvider(join(folder, 'keys.json')));
  await addTenants(database);
  await addRoutedTenant({ database, sealer });
  const log = pino({ level: 'silent' });
  const facts = createStoredFacts({ database, sealer, objects: createFolderStore(tmpdir()), log });
  const nowMs = (): number => atMs;
  const accounts = createAccountDirectory({ claims: facts.claims, open: facts.openClaim, nowMs, onKept: () => kept++ });
  const numbers = createNumberDirectory({
    tenantsOf: facts.tenantsOf,
    route: facts.route,
    nowMs,
    onKept: () => kept++,
  });
  await createStandby({ knownNumbers: facts.knownNumbers, accounts, numbers, log }).learn();
  world = await createWorld({ accounts, numbers });
  await cutOff(db.adminUrl);
  atMs += 24 * 3_600_000; // long after everything learnt has grown old
});
afterAll(async () => {
  await db?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Lets nobody in any more and throws everybody out. */
async function cutOff(adminUrl: string): Promise<void> {
  const url = new URL(adminUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  await query(url.href, `alter database ${name} allow_connections false`);
  await query(url.href, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
}

it('verifies the first call to a number and lets its workflow answer', async () => {
  await expect(db.database.ready()).rejects.toBeInstanceOf(Error);
  const response = await world.signed('/telephony/voice');
  expect(response.statusCode).toBe(200);
  expect(response.body).toContain('>Dobrý den.</Say>');
  expect(world.asked).toMatchObject([
    { to: 'admit', call: { tenantId: 'acme', flow: { flowId: 'demo', version: 1 } } },
  ]);
  expect(kept).toBeGreaterThan(0);
});

it('gives it its degraded plan where Temporal is away too', async () => {
  world.now.reply = { type: 'unanswered' };
  const { statusCode, body } = await world.signed('/telephony/voice', { CallSid: `CA${'2'.repeat(32)}` });
  expect(statusCode).toBe(200);
  expect(body).toContain('Spojujeme vás.');
});

it('still lets nobody in who has not signed', async () => {
  expect((await world.signed('/telephony/voice', {}, { token: 'another' })).statusCode).toBe(403);
});
