/** Checks that what the repository's own documents link to is there, and that the README leads to every page of `docs/`. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';

/** Returns one line for each relative link in `documents` (paths below `root`) that leads nowhere, and for each page that is not found. */
export async function brokenLinks(root: string, documents: readonly string[]): Promise<string[]> {
  const texts = new Map<string, string>();
  for (const path of documents) texts.set(path, withoutFences(await readFile(join(root, path), 'utf8')));

  const problems: string[] = [];
  for (const [path, text] of texts) {
    const links = linksOf(withoutInlineCode(text));
    if (path === 'README.md') problems.push(...unlisted(links, documents));
    for (const { line, target } of links) {
      const problem = problemWith(root, path, target, texts);
      if (problem) problems.push(`${path}:${line} ${target}: ${problem}`);
    }
  }
  return problems;
}

/** Who looks for a page of `docs/` looks in the README. */
function unlisted(links: readonly { target: string }[], documents: readonly string[]): string[] {
  const listed = new Set(links.map(({ target }) => target.split('#', 1)[0]));
  return documents
    .filter((path) => dirname(path) === 'docs' && !listed.has(path))
    .map((path) => `README.md: nothing leads to ${path}`);
}

function problemWith(root: string, from: string, target: string, texts: ReadonlyMap<string, string>) {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (relative(root, join(root, path)).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(root, path))) return 'no such file';
  if (anchor === undefined || anchor === '') return undefined;
  if (statSync(join(root, path)).isDirectory()) return 'a folder has no headings';
  const text = texts.get(path);
  if (text === undefined) return undefined; // a line number of a source file, for example
  return anchorsOf(text).has(decodeURIComponent(anchor)) ? undefined : 'no such heading';
}

/** Blanks fenced code, keeping the lines. */
function withoutFences(markdown: string): string {
  return markdown.replace(/^([ \t]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^[ \t]*\2[^\n]*$/gm, (code) =>
    code.replace(/[^\n]/g, ' '),
  );
}

function withoutInlineCode(markdown: string): string {
  return markdown.replace(/(?<!`)(`+)(?!`)[^`\n]*\1(?!`)/g, (code) => ' '.repeat(code.length));
}

function linksOf(text: string): { line: number; target: string }[] {
  const patterns = [
    /!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^\s)>]+)>?(?:\s+["'(][^)]*)?\)/g, // [text](target "title")
    /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm, // [name]: target
    /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/gi,
  ];
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ 1: target, index }) =>
      target === undefined ? [] : [{ line: text.slice(0, index).split('\n').length, target }],
    ),
  );
}

/** The anchors that GitHub gives to headings, and those written as HTML. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const { 1: heading = '' } of text.matchAll(/^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm)) {
    const slug = slugOf(heading);
    let unique = slug;
    for (let copy = 1; anchors.has(unique); copy++) unique = `${slug}-${copy}`;
    anchors.add(unique);
  }
  for (const { 1: id = '' } of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function slugOf(heading: string): string {
  const words = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]+>/g, '');
  return words
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
