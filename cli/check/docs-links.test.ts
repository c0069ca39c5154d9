import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { brokenLinks } from './docs-links.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchboard-docs-'));
  await mkdir(join(root, 'docs'));
});
afterEach(() => rm(root, { recursive: true }));

async function check(text: string, other = '# Other\n'): Promise<string[]> {
  await writeFile(join(root, 'README.md'), `${text}\n\n[other](docs/other.md)\n`);
  await writeFile(join(root, 'docs', 'other.md'), other);
  return brokenLinks(root, ['README.md', 'docs/other.md']);
}

it('accepts files, folders, headings and addresses that are there', async () => {
  const readme =
    '# A `code` heading, twice!\n## Same\n## Same\n[a](docs/other.md) [b](docs/) [c](#a-code-heading-twice) [d](#same-1)';
  expect(
    await check(`${readme} [e](docs/other.md#žlutý-kůň "t") [f](https://example.org/x#y)`, '## Žlutý kůň\n'),
  ).toEqual([]);
});

it('names the line of a link to a missing file', async () => {
  expect(await check('one\n\n[a](docs/gone.md)')).toEqual(['README.md:3 docs/gone.md: no such file']);
});

it('names a missing heading, in this file and in another', async () => {
  expect(await check('[a](#gone) [b](docs/other.md#gone)')).toEqual([
    'README.md:1 #gone: no such heading',
    'README.md:1 docs/other.md#gone: no such heading',
  ]);
});

it('names a page of the documentation to which the README does not lead', async () => {
  await check('');
  await mkdir(join(root, 'docs', 'drawings'));
  for (const name of ['lost.md', 'drawings/notes.md']) await writeFile(join(root, 'docs', name), '# x');
  expect(await brokenLinks(root, ['README.md', 'docs/other.md', 'docs/lost.md', 'docs/drawings/notes.md'])).toEqual([
    'README.md: nothing leads to docs/lost.md',
  ]);
});

it('refuses a link out of the repository', async () => {
  expect(await check('[a](../elsewhere/x.md)')).toEqual(['README.md:1 ../elsewhere/x.md: leads out of the repository']);
});

it('reads reference links and images, and no code', async () => {
  const code = '```md\n[a](gone-1.md)\n```\n`[a](gone-2.md)`\n';
  expect(await check(`${code}![p](gone.png)\n\n[ref]: gone-3.md`)).toEqual([
    'README.md:5 gone.png: no such file',
    'README.md:7 gone-3.md: no such file',
  ]);
});
