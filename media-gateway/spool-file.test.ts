import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSpoolFile, type TurnBatch } from './spool-file.ts';

const key = Buffer.alloc(32, 7);
const batch = (callId: string): TurnBatch => ({ tenantId: 'acme', callId, turns: [] });
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('begins a new line after one that the disk took only half of', async () => {
  const path = join(folder, 'g1');
  const file = openSpoolFile(path, key);
  await mkdir(path);
  await expect(file.append(batch('CA1'))).rejects.toThrow('EISDIR');
  await rm(path, { recursive: true });
  await writeFile(path, 'half of a li');
  for (const callId of ['CA2', 'CA3']) await file.append(batch(callId));
  expect(await file.read()).toEqual({ batches: [batch('CA2'), batch('CA3')], unreadable: 1 });
});

it('reads up to where a death has cut it, and tells that from lines that it cannot open', async () => {
  const path = join(folder, 'g1');
  const file = openSpoolFile(path, key);
  for (const callId of ['CA1', 'CA2']) await file.append(batch(callId));
  await writeFile(path, 'half of a li', { flag: 'a' });
  expect(await file.read()).toEqual({ batches: [batch('CA1'), batch('CA2')], unreadable: 0 });
  const stranger = openSpoolFile(path, Buffer.alloc(32, 8));
  expect(await stranger.read()).toEqual({ batches: [], unreadable: 2 });
});
