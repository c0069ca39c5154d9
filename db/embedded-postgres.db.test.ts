import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../test/database-fixture.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { serverUser } from './postgres-binaries.ts';

const run = promisify(execFile);
let dir = '';
const lines: string[] = [];
const start = (dataDir = dir): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, port: 0, durable: false, log: (line) => lines.push(line) });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchboard-embedded-'));
  await chmod(dir, 0o755);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('starts on loopback with Czech collation, keeps its data over a restart, and is gone when stopped', async () => {
  const first = await start();
  await query(first.adminUrl, 'create table kept (word text)');
  await query(first.adminUrl, `insert into kept values ('cvrček'), ('čáp'), ('duha'), ('chata'), ('hora')`);
  expect((await query(first.adminUrl, 'select word from kept order by word')).map(({ word }) => word)).toEqual([
    'cvrček',
    'čáp',
    'duha',
    'hora',
    'chata',
  ]);
  expect(await query(first.adminUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect((await stat(join(dir, 'password'))).mode & 0o777).toBe(0o600);
  await first.stop();
  await first.ended;
  await first.stop();
  await expect(query(first.adminUrl, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });

  const second = await start();
  expect(await query(second.adminUrl, 'select count(*)::int as words from kept')).toEqual([{ words: 5 }]);
  await second.stop();
});

test('a statement that fails leaves nothing of itself in the log', async () => {
  const server = await start();
  await query(server.adminUrl, `select 'Jan Novák +420600000001'::int`).catch(() => undefined);
  await query(server.adminUrl, 'create table people (name text unique)');
  await query(server.adminUrl, `insert into people values ('Jan Novák'), ('Jan Novák')`).catch(() => undefined);
  await server.stop();
  const log = await readFile(join(dir, 'server.log'), 'utf8');
  expect(log).toContain('people_name_key');
  expect(log.split('\n').filter((line) => /insert into|DETAIL|STATEMENT/.test(line))).toEqual([]);
});

test('a server whose parent was killed is stopped before the next one starts', async () => {
  const script = join(dir, 'killed-parent.ts');
  const module = new URL('./embedded-postgres.ts', import.meta.url).href;
  await writeFile(
    script,
    `import { startEmbeddedPostgres } from '${module}';
     await startEmbeddedPostgres({ dataDir: '${dir}', port: 0, durable: false, log: () => undefined });
     process.kill(process.pid, 'SIGKILL');`,
  );
  await expect(run(process.execPath, [script])).rejects.toMatchObject({ signal: 'SIGKILL' });
  lines.length = 0;
  const next = await start();
  expect(lines).toEqual([expect.stringContaining('earlier run')]);
  await next.stop();
});

test('a pid file whose process is somebody else by now does not stop the start', async () => {
  await writeFile(join(dir, 'cluster', 'data', 'postmaster.pid'), `${process.pid}\n`);
  const server = await start();
  expect(await query(server.adminUrl, 'select 1 as up')).toEqual([{ up: 1 }]);
  await server.stop();
});

test('a port in use is said so, and the server that holds it is not taken for ours', async () => {
  const holder = await start();
  const other = await mkdtemp(join(tmpdir(), 'switchboard-embedded-'));
  await chmod(other, 0o755);
  const refused = startEmbeddedPostgres({ dataDir: other, port: holder.port, durable: false, log: () => undefined });
  await expect(refused).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining(String(holder.port)),
  });
  await holder.stop();
  await rm(other, { recursive: true });
});

test.runIf(process.getuid?.() === 0)(
  'below a folder that is closed to the unprivileged account it keeps its files elsewhere and says where',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'switchboard-closed-')); // mode 0700
    expect((await stat(home)).mode & 0o001).toBe(0);
    lines.length = 0;
    const server = await start(join(home, '.data'));
    expect(lines[0]).toContain(`${home} is closed`);
    const [{ where } = { where: '' }] = await query<{ where: string }>(
      server.adminUrl,
      `select current_setting('data_directory') as where`,
    );
    expect(where).not.toContain(home);
    expect((await stat(where)).uid).toBe((await serverUser())?.uid);
    await server.stop();
    await (await start(join(home, '.data'))).stop();
    await rm(join(where, '..'), { recursive: true });
    await rm(home, { recursive: true });
  },
);
