import { access, chmod, constants, mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closedParent, linkLibraries, postgresBinaries, serverUser } from './postgres-binaries.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchboard-binaries-'));
  await chmod(dir, 0o755);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function packageWithout(links: unknown): Promise<void> {
  await mkdir(join(dir, 'native', 'lib'), { recursive: true });
  await writeFile(join(dir, 'native', 'lib', 'libx.so.60.2'), 'library');
  await writeFile(join(dir, 'native', 'pg-symlinks.json'), JSON.stringify(links));
}

test('makes the links that npm did not, relative, and leaves those that are there', async () => {
  await packageWithout([{ source: 'native/lib/libx.so.60.2', target: 'native/lib/libx.so.60' }]);
  await Promise.all([linkLibraries(dir), linkLibraries(dir)]);
  expect(await readlink(join(dir, 'native', 'lib', 'libx.so.60'))).toBe('libx.so.60.2');
  await linkLibraries(dir);
});

test('a list of links in another form is refused, not guessed at', async () => {
  await packageWithout([['native/lib/libx.so.60.2', 'native/lib/libx.so.60']]);
  await expect(linkLibraries(dir)).rejects.toMatchObject({ code: 'database-unavailable' });
});

test('names the first folder that the account may not enter', async () => {
  const home = join(dir, 'home');
  await mkdir(join(home, 'clone'), { recursive: true });
  for (const path of [home, join(home, 'clone')]) await chmod(path, 0o755); // whatever the umask is
  const stranger = { uid: 12_345, gid: 12_345 };
  expect(await closedParent(join(home, 'clone'), stranger)).toBeUndefined();
  await chmod(home, 0o700);
  expect(await closedParent(join(home, 'clone'), stranger)).toBe(home);
  expect(await closedParent(join(home, 'clone'), undefined)).toBeUndefined();
});

test("finds this machine's executables", async () => {
  const { initdb, postgres } = await postgresBinaries(await serverUser(), () => undefined);
  for (const path of [initdb, postgres]) await expect(access(path, constants.X_OK)).resolves.toBeUndefined();
});
