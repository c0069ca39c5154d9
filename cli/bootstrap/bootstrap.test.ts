import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';

let root: string;

/** A project of its own, with one command that prints its arguments and ends with status 3, and a stand-in for npm. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchboard-bootstrap-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await cp(join(import.meta.dirname), join(root, 'cli', 'bootstrap'), { recursive: true });
  await cp(join(import.meta.dirname, '..', 'bootstrap.mjs'), join(root, 'cli', 'bootstrap.mjs'));
  await place('package.json', '{ "type": "module" }');
  await place(
    'cli/hello.ts',
    `const args: string[] = process.argv.slice(2); console.log('hello', ...args); process.exitCode = 3;`,
  );
  await place('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }));
});

async function place(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** An npm that records how it was called, runs `code` in the project, and ends. */
async function fakeNpm(code: string): Promise<void> {
  const record = `writeFileSync('npm-calls', process.argv.slice(2, 3) + ' ', { flag: 'a' });`;
  await place('npm-cli.js', `import { mkdirSync, writeFileSync } from 'node:fs'; ${record} ${code}`);
}

const installs = `
  mkdirSync('node_modules/a', { recursive: true });
  writeFileSync('node_modules/a/package.json', '{}');
  writeFileSync('node_modules/.package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');`;

function bootstrap(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const env = { ...process.env, npm_execpath: join(root, 'npm-cli.js') };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'cli', 'bootstrap.mjs'), ...args], { env }, (error, out, err) => {
      resolve({ code: error?.code ?? 0, out, err });
    });
  });
}

const npmCalls = () => readFile(join(root, 'npm-calls'), 'utf8').catch(() => '');

it('installs what is missing, then runs the command with its arguments and status', async () => {
  await fakeNpm(installs);
  const { code, out, err } = await bootstrap('hello', '--loud', 'world');
  expect({ code, out }).toEqual({ code: 3, out: 'hello --loud world\n' });
  expect(err).toContain('Installing dependencies: 1 missing or of another version (a 1.0.0).');
  expect(await npmCalls()).toBe('ci ');
});

it('installs nothing where everything is there', async () => {
  await fakeNpm(installs);
  await bootstrap('hello');
  expect((await bootstrap('hello')).err).toBe('');
  expect(await npmCalls()).toBe('ci ');
});

it('sets what .env holds, except for tests and checks', async () => {
  await fakeNpm(installs);
  await place('.env', 'GREETING=ahoj');
  for (const name of ['hello', 'test']) await place(`cli/${name}.ts`, 'console.log(process.env.GREETING);');
  expect((await bootstrap('hello')).out).toBe('ahoj\n');
  expect((await bootstrap('test')).out).toBe('undefined\n');
});

it('adds to what is installed without removing it first', async () => {
  await fakeNpm(installs);
  await place('node_modules/b/package.json', '{}');
  expect((await bootstrap('hello')).code).toBe(3);
  expect(await npmCalls()).toBe('install ');
});

it('names the remedies where npm fails, and runs nothing', async () => {
  await fakeNpm('process.exit(9);');
  const { code, out, err } = await bootstrap('hello');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/"npm ci" ended with code 9[^]*registry[^]*disk space/);
});

it('says what is missing still where npm was content', async () => {
  await fakeNpm('');
  expect((await bootstrap('hello')).err).toContain('these are still missing: a 1.0.0');
});

it('lists the commands where it is given an unknown one', async () => {
  expect(await bootstrap('helo')).toMatchObject({ code: 1, err: expect.stringContaining('Commands: hello.') });
  expect((await bootstrap('../hello')).code).toBe(1);
});
