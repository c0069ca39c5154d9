import { expect, it } from 'vitest';
import { type Lock, missingPackages } from './lock-comparison.mjs';

const linux = { os: 'linux', cpu: 'x64', libc: 'glibc' };

function missing(wanted: Lock['packages'], installed: Lock['packages'] = {}, present = () => true): string[] {
  return missingPackages(
    { packages: { '': { version: '1.0.0' }, ...wanted } },
    { packages: installed },
    linux,
    present,
  );
}

it('finds nothing where everything is installed at its version', () => {
  const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/a/node_modules/@b/c': { version: '2.0.0' } };
  expect(missing(packages, packages)).toEqual([]);
});

it('names what is missing, of another version, or gone from the folder', () => {
  const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/a/node_modules/@b/c': { version: '2.0.0' } };
  expect(missing(wanted)).toEqual(['a 1.0.0', '@b/c 2.0.0']);
  expect(missing(wanted, { ...wanted, 'node_modules/a': { version: '0.9.0' } })).toEqual(['a 1.0.0']);
  expect(missing(wanted, wanted, () => false)).toEqual(['a 1.0.0', '@b/c 2.0.0']);
});

it('asks for everything where npm has left no record', () => {
  const lock = { packages: { 'node_modules/a': { version: '1.0.0' } } };
  expect(missingPackages(lock, undefined, linux, () => true)).toEqual(['a 1.0.0']);
});

it('wants of the optional packages those of this platform', () => {
  const optional = { version: '1.0.0', optional: true };
  expect(
    missing({
      'node_modules/linux-x64': { ...optional, os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
      'node_modules/linux-musl': { ...optional, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
      'node_modules/darwin': { ...optional, os: ['darwin'], cpu: ['x64'] },
      'node_modules/not-windows': { ...optional, os: ['!win32'] },
      'node_modules/not-linux': { ...optional, os: '!linux' },
      'node_modules/brought-along': optional,
    }),
  ).toEqual(['linux-x64 1.0.0', 'not-windows 1.0.0']);
});
