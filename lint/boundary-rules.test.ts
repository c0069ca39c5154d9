import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** [file, its code, the rule that it breaks]: linted by the real linter with the real configuration. */
const breaks: [file: string, code: string, rule: string][] = [
  ['contracts/a.ts', `import { x } from '../db/x.ts'; use(x);`, 'folder-boundaries'],
  ['workflows/a.ts', `import { x } from '../db/x.ts'; use(x);`, 'folder-boundaries'],
  ['activities/a.ts', `import { x } from '../media-gateway/x.ts'; use(x);`, 'folder-boundaries'],
  ['activities/b.ts', `import { x } from '../temporal/workers.ts'; use(x);`, 'folder-boundaries'],
  ['telephony/a.ts', `import { x } from '../temporal/client.ts'; use(x);`, 'folder-boundaries'],
  ['media-gateway/a.ts', `import { x } from '../temporal/workers.ts'; use(x);`, 'folder-boundaries'],
  ['api/a.ts', `import { x } from '../media-gateway/x.ts'; use(x);`, 'folder-boundaries'],
  ['studio/a.ts', `import { x } from '../api/x.ts'; use(x);`, 'folder-boundaries'],
  ['db/a.ts', `import { x } from '../telephony/x.ts'; use(x);`, 'folder-boundaries'],
  ['temporal/a.ts', `import { x } from '../api/x.ts'; use(x);`, 'folder-boundaries'],
  ['simulator/a.ts', `import { x } from '../contracts/x.ts'; use(x);`, 'folder-boundaries'],
  ['simulator/deep/down/a.ts', `import { x } from '../../../contracts/x.ts'; use(x);`, 'folder-boundaries'],
  ['lint/a.ts', `import { x } from '../contracts/x.ts'; use(x);`, 'folder-boundaries'],
  ['api/cli.ts', `import { x } from '../cli/x.ts'; use(x);`, 'folder-boundaries'],
  ['api/test.ts', `import { x } from '../test/x.ts'; use(x);`, 'folder-boundaries'],
  ['api/beside.test.ts', `import { x } from '../media-gateway/x.ts'; use(x);`, 'folder-boundaries'],

  ['db/type.ts', `import type { X } from '../api/x.ts'; export const x: X = 1;`, 'folder-boundaries'],
  ['db/type-expression.ts', `export const x: import('../api/x.ts').X = 1;`, 'folder-boundaries'],
  ['db/side-effect.ts', `import '../api/x.ts';`, 'folder-boundaries'],
  ['db/export-from.ts', `export { x } from '../api/x.ts';`, 'folder-boundaries'],
  ['db/export-all.ts', `export * from '../api/x.ts';`, 'folder-boundaries'],
  ['db/dynamic.ts', `use(await import('../api/x.ts'));`, 'folder-boundaries'],
  ['db/dynamic-plain-template.ts', 'use(await import(`../api/x.ts`));', 'folder-boundaries'],
  ['db/require.cjs', `use(require('../api/x.cjs'));`, 'folder-boundaries'],
  ['db/require-resolve.cjs', `use(require.resolve('../api/x.cjs'));`, 'folder-boundaries'],
  [
    'db/created-require.ts',
    `const load = createRequire(import.meta.url); use(load('../api/x.ts'));`,
    'folder-boundaries',
  ],
  ['db/worker-url.ts', `use(new URL('../api/x.ts', import.meta.url));`, 'folder-boundaries'],

  ['db/dynamic-template.ts', 'const name = use(1); use(await import(`../${name}/x.ts`));', 'readable-import'],
  ['db/dynamic-name.ts', `const name = use(1); use(await import(name));`, 'readable-import'],
  ['db/dynamic-sum.ts', `const name = use(1); use(await import('../' + name));`, 'readable-import'],
  ['db/require-name.cjs', `const name = use(1); use(require(name));`, 'readable-import'],

  ['workflows/b.ts', `import { x } from '../activities/x.ts'; use(x);`, 'types-only'],
  ['workflows/c.ts', `use(await import('../activities/x.ts'));`, 'types-only'],
  ['workflows/d.ts', `export { x } from '../activities/x.ts';`, 'types-only'],
  ['workflows/e.ts', `import { type X, y } from '../activities/x.ts'; export const x: X = y;`, 'types-only'],

  ['api/deep.ts', `import { x } from '../db/entities/x.ts'; use(x);`, 'own-subfolders'],
  ['temporal/deep.ts', `use(await import('../db/entities/x.ts'));`, 'own-subfolders'],

  ['contracts/node.ts', `import { createHash } from 'node:crypto'; use(createHash);`, 'portable-code'],
  ['contracts/flow/node.ts', `import { createHash } from 'crypto'; use(createHash);`, 'portable-code'],
  ['workflows/node.ts', `use(await import('node:fs'));`, 'portable-code'],

  ['api/env.ts', `use(process.env);`, 'environment-in-main'],
  ['api/env-key.ts', `use(process['env']);`, 'environment-in-main'],
  ['api/env-global.ts', `use(globalThis.process.env);`, 'environment-in-main'],
  ['api/env-taken.ts', `const { env } = process; use(env);`, 'environment-in-main'],
  ['api/env-import.ts', `import { env } from 'node:process'; use(env);`, 'environment-in-main'],

  ['workflows/state.ts', `let calls = 0; use(() => calls++);`, 'fixed-module-scope'],
  ['contracts/flow/state.ts', `export let last = 0; use(() => (last = 1));`, 'fixed-module-scope'],
];

const keeps: [file: string, code: string][] = [
  [
    'workflows/ok.ts',
    `import type { X } from '../activities/x.ts'; import { y } from '../contracts/y.ts'; export const x: X = y;`,
  ],
  ['workflows/ok-inline.ts', `import { type X } from '../activities/x.ts'; export const x: X = 1;`],
  [
    'media-gateway/ok.ts',
    `import { x } from '../temporal/activity-worker.ts'; import { y } from './models/y.ts'; use(x, y);`,
  ],
  [
    'media-gateway/models/ok.ts',
    `import { x } from '../x.ts'; import { y } from '../../contracts/flow/y.ts'; use(x, y);`,
  ],
  ['api/ok.ts', `import { x } from '../temporal/codec-server.ts'; use(x, await import('../db/x.ts'));`],
  ['api/ok-package.ts', 'const name = use(1); use(await import(`@scope/package/${name}.js`), import("fastify"));'],
  ['api/ok.test.ts', `import { x } from '../test/support/x.ts'; import { y } from './main.ts'; use(x, y);`],
  ['contracts/ok.test.ts', `import { readFile } from 'node:fs/promises'; use(readFile);`],
  ['simulator/crm/ok.ts', `import { x } from '../speech/x.ts'; use(x);`],
  ['api/main.ts', `use(process.env);`],
  ['workflows/ok-scope.ts', `const limit = 1; use(() => { let calls = 0; return calls++ < limit; });`],
  ['contracts/state.test.ts', `let made = 0; use(() => made++);`],
  ['cli/ok.ts', `import { x } from '../db/entities/x.ts'; const name = use(process.env); use(x, await import(name));`],
  ['test/ok.ts', `import { x } from '../api/x.ts'; use(x, process.env);`],
];

let tree: string;
const rulesByFile = new Map<string, Set<string>>();

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'switchboard-lint-'));
  await cp(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  await cp(join(root, 'lint'), join(tree, 'lint'), { recursive: true });
  await writeFile(join(tree, 'package.json'), '{ "type": "module" }');
  for (const [file, code] of [...breaks, ...keeps]) {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await writeFile(join(tree, file), `${code}\n`);
  }
  for (const { code, filename } of await lint()) {
    const rule = /^switchboard\((.+)\)$/.exec(code)?.[1];
    if (rule) rulesByFile.set(filename, (rulesByFile.get(filename) ?? new Set()).add(rule));
  }
}, 60_000);

afterAll(() => rm(tree, { recursive: true, force: true }));

function lint(): Promise<{ code: string; filename: string }[]> {
  const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
  return new Promise((resolve, reject) => {
    // It ends with status 1, since it finds what it is meant to find.
    execFile(process.execPath, [oxlint, '-f', 'json', '.'], { cwd: tree, maxBuffer: 1 << 24 }, (_status, out, err) => {
      try {
        resolve(JSON.parse(out).diagnostics);
      } catch (cause) {
        reject(new Error(`oxlint said: ${out}${err}`, { cause }));
      }
    });
  });
}

const broken = (file: string) => [...(rulesByFile.get(file) ?? [])];

it.each(breaks)('%s: %s breaks %s', (file, _code, rule) => {
  expect(broken(file)).toEqual([rule]);
});

it.each(keeps)('%s: %s is allowed', (file) => {
  expect(broken(file)).toEqual([]);
});
