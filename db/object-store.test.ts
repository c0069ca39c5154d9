import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ObjectStore, openObjectStore } from './object-store.ts';

let folder = '';
let store: ObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-objects-'));
  store = openObjectStore(pathToFileURL(folder).href);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* parts(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
const read = async (key: string): Promise<string> => (await buffer(store.read(key))).toString();
const names = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('keeps an object whole, puts another in its place, and forgets it', async () => {
  await store.write('acme/CA1/RE1', parts('one ', 'two'));
  expect(await read('acme/CA1/RE1')).toBe('one two');
  await store.write('acme/CA1/RE1', parts('three'));
  expect(await read('acme/CA1/RE1')).toBe('three');
  await store.remove('acme/CA1/RE1');
  await store.remove('acme/CA1/RE1');
  await expect(read('acme/CA1/RE1')).rejects.toMatchObject({ code: 'object-missing' });
});

test('a writing that breaks off leaves what was there, and nothing beside it', async () => {
  await store.write('acme/RE1', parts('whole'));
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('ha');
    throw new Error('the carrier hung up');
  }
  await expect(store.write('acme/RE1', broken())).rejects.toThrow('the carrier hung up');
  expect(await read('acme/RE1')).toBe('whole');
  expect(await names()).toEqual(['RE1']);
});

test('a key leads to no other folder', async () => {
  for (const key of ['../RE1', 'acme/../../RE1', 'acme//RE1', '/etc/passwd', 'acme/.', 'a\0b', ''])
    await expect(async () => store.write(key, parts('x'))).rejects.toThrow(RangeError);
});

test('an address that nothing here can reach is refused', () => {
  expect(() => openObjectStore('ftp://nowhere/')).toThrow('objects cannot be kept at ftp:');
});
