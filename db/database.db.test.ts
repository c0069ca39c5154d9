import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Scope } from './database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { prepareDatabase, type DatabaseUrls } from './prepare-database.ts';
import { createTenantStore } from './tenants.ts';

let dir = '';
let server: EmbeddedPostgres;
let urls: DatabaseUrls;
const start = (port: number) => startEmbeddedPostgres({ dataDir: dir, port, durable: false, log: () => undefined });
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchboard-away-'));
  await chmod(dir, 0o755);
  server = await start(0);
  urls = await prepareDatabase({ adminUrl: server.adminUrl });
  await migrate(urls.migrationUrl);
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

test('preparing and migrating again changes nothing and keeps the URLs', async () => {
  expect(await prepareDatabase({ adminUrl: server.adminUrl })).toEqual(urls);
  expect(await migrate(urls.migrationUrl)).toEqual([]);
});

test('a database that goes away fails fast by its code, and the same pool works when it is back', async () => {
  const database = openDatabase({ url: urls.applicationUrl, poolSize: 4 });
  const tenants = createTenantStore(database);
  const { port } = server;
  await database.ready();
  await Promise.all(Array.from({ length: 4 }, () => tenants.readTenant('acme'))); // fills the pool
  await server.stop();
  const away = await Promise.allSettled([database.ready(), tenants.readTenant('acme'), tenants.readTenant('acme')]);
  for (const attempt of away)
    expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'database-unavailable', retry: true } });
  server = await start(port);
  await database.ready();
  await tenants.ensureTenant({ tenantId: 'acme', name: 'Acme', allowedPrivateHosts: [] });
  expect(await tenants.readTenant('acme')).toEqual({ tenantId: 'acme', name: 'Acme', allowedPrivateHosts: [] });
  await database.close();
});

test('transactions that the server cut cost the pool nothing', async () => {
  const database = openDatabase({ url: urls.applicationUrl, poolSize: 2 });
  for (let i = 0; i < 5; i++) {
    const cut = database.platform.run((em) => em.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(cut).rejects.toMatchObject({ code: 'database-unavailable' });
  }
  await Promise.all([database.ready(), database.ready(), database.ready()]);
  await database.close();
});

test('a process may open its database before the database is there', async () => {
  const { port } = server;
  await server.stop();
  const database = openDatabase({ url: urls.applicationUrl });
  await expect(database.ready()).rejects.toMatchObject({ code: 'database-unavailable' });
  server = await start(port);
  await database.ready();
  await database.close();
});

test('a statement that takes too long is given up as unavailable', async () => {
  const database = openDatabase({ url: urls.applicationUrl, statementTimeoutMs: 50 });
  await expect(database.platform.run((em) => em.execute('select pg_sleep(10)'))).rejects.toMatchObject({
    code: 'database-unavailable',
  });
  await database.close();
});

test('a server that no longer answers costs one deadline and one connection', async () => {
  const database = openDatabase({ url: urls.applicationUrl, poolSize: 1, statementTimeoutMs: 50 });
  const backend = () => database.platform.run((em) => em.execute<{ pid: number }[]>('select pg_backend_pid() as pid'));
  const [{ pid } = { pid: 0 }] = await backend();
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(database.ready()).rejects.toMatchObject({ code: 'database-unavailable' });
    const [after] = await backend();
    expect(after?.pid).not.toBe(pid);
  } finally {
    process.kill(pid, 'SIGCONT');
    await database.close();
  }
});

test('of two jobs that block each other both are done', async () => {
  const database = openDatabase({ url: urls.applicationUrl });
  // Advisory locks taken crosswise; each waits for the other to hold its first one.
  const held = { 1: Promise.withResolvers<void>(), 2: Promise.withResolvers<void>() };
  let attempts = 0;
  const job = (first: 1 | 2, second: 1 | 2) =>
    database.platform.run(async (em) => {
      attempts++;
      await em.execute('select pg_advisory_xact_lock(?)', [first]);
      held[first].resolve();
      await held[second].promise;
      await em.execute('select pg_advisory_xact_lock(?)', [second]);
      return first;
    });
  expect(await Promise.all([job(1, 2), job(2, 1)])).toEqual([1, 2]);
  expect(attempts).toBe(3);
  await database.close();
});

test('a statement alone sees its tenant and no other, leaves nothing behind and is undone as a whole', async () => {
  const database = openDatabase({ url: urls.applicationUrl, poolSize: 1 });
  const count = (scope: Scope) => scope.execute<{ n: number }>('select count(*)::int as n from tenants');
  const tenants = createTenantStore(database);
  await tenants.ensureTenant({ tenantId: 'asks', name: 'What?', allowedPrivateHosts: [] });
  await tenants.ensureTenant({ tenantId: 'other', name: 'Other', allowedPrivateHosts: [] });
  const ours = database.forTenant('asks');
  expect(await ours.execute('select name from tenants where name = ?', ['What?'])).toEqual([{ name: 'What?' }]);
  expect(await count(ours)).toEqual([{ n: 1 }]);
  expect(await count(database.platform)).toEqual([{ n: 0 }]);
  const renamed = ours.execute('update tenants set name = ? where 1 / (case when name = ? then 0 else 1 end) = 1', [
    'New',
    'What?',
  ]);
  await expect(renamed).rejects.toMatchObject({ sqlState: '22012' });
  const foreign = ours.execute('insert into tenants (id, name) values (?, ?)', ['third', 'Third']);
  await expect(foreign).rejects.toMatchObject({ byPolicy: true });
  expect(await ours.execute('select name from tenants')).toEqual([{ name: 'What?' }]);
  expect(await count(database.platform)).toEqual([{ n: 0 }]);
  await database.close();
});

test('a statement alone fails fast where the server cuts or does not answer it, and the pool goes on', async () => {
  const database = openDatabase({ url: urls.applicationUrl, poolSize: 1, statementTimeoutMs: 50 });
  const unavailable = { code: 'database-unavailable', retry: true };
  await expect(database.platform.execute('select pg_sleep(10)')).rejects.toMatchObject(unavailable);
  for (let i = 0; i < 3; i++) {
    const cut = database.platform.execute('select pg_terminate_backend(pg_backend_pid())');
    await expect(cut).rejects.toMatchObject(unavailable);
  }
  const backend = () => database.platform.execute<{ pid: number }>('select pg_backend_pid() as pid');
  const [{ pid } = { pid: 0 }] = await backend();
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(backend()).rejects.toMatchObject(unavailable);
    expect((await backend())[0]?.pid).not.toBe(pid);
  } finally {
    process.kill(pid, 'SIGCONT');
    await database.close();
  }
});
