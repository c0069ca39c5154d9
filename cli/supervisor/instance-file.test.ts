import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimDataDir, readInstance, releaseDataDir, updateInstance } from './instance-file.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'switchboard-instance-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

it('gives the data folder to one process at a time', async () => {
  expect((await claimDataDir(dataDir, ['api'])).instance).toMatchObject({ pid: process.pid, ready: false });
  expect((await claimDataDir(dataDir, ['api'])).other).toMatchObject({ pid: process.pid });
  await releaseDataDir(dataDir);
  expect((await claimDataDir(dataDir, ['worker'])).other).toBeUndefined();
});

it('takes over from a process that has gone, also where its id is in use again', async () => {
  const { instance } = await claimDataDir(dataDir, ['api']);
  const file = join(dataDir, 'running.json');
  for (const stale of [
    { ...instance, pid: 2 ** 22 + 1 },
    { ...instance, birth: 'another' },
  ]) {
    await writeFile(file, JSON.stringify(stale));
    expect((await claimDataDir(dataDir, ['api'])).other).toBeUndefined();
  }
  await writeFile(file, '{"pid": 1');
  expect((await claimDataDir(dataDir, ['api'])).other).toBeUndefined();
});

it('tells others where the parts are, in a file of its owner alone', async () => {
  const { instance } = await claimDataDir(dataDir, ['api']);
  if (!instance) throw new Error('the folder is taken');
  await updateInstance(dataDir, { ...instance, addresses: { TEMPORAL_ADDRESS: 'h:1' }, ready: true });
  expect(await readInstance(dataDir)).toMatchObject({ ready: true, addresses: { TEMPORAL_ADDRESS: 'h:1' } });
  expect((await stat(join(dataDir, 'running.json'))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(dataDir, 'running.json'), 'utf8')).toContain('h:1');
});
