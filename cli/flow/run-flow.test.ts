import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringifyFlow } from '../../contracts/flow/canonical-json.ts';
import { exampleFlow } from './example-flow.ts';
import { runFlow } from './run-flow.ts';

const run = (...args: string[]) => runFlow(args, {});

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('the command line', () => {
  it('lists its commands, and tells the options of each', async () => {
    const overview = await run('--help');
    expect(overview).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of [
      'list',
      'versions',
      'validate',
      'diff',
      'publish',
      'roll-back',
      'route',
      'export',
      'import',
      'docs',
    ]) {
      expect(overview.stdout).toContain(`\n  ${name} `);
      const { exitCode, stdout } = await run(name, '--help');
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`usage: npm run flow -- ${name}`);
      expect(stdout).toContain('--tenant ID');
    }
  });

  it.each([
    [[], 'usage: npm run flow'],
    [['publsh'], 'there is no command "publsh"'],
    [['publish'], 'name one flow by its id'],
    [['list', '--tenat', 'x'], 'there is no option --tenat'],
    [['list', '--language', 'de'], '--language is en or cs, not "de"'],
    [['publish', 'x', '--base', 'one'], '--base "one" is no whole number'],
    [['import', 'x', '--map', 'sales=prodej'], 'there is no file or folder x'],
  ])('%j makes no sense, and says why', async (args, message) => {
    const { exitCode, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(exitCode).toBeGreaterThan(0);
  });

  it('asks for a database where it needs one, and says how to get one', async () => {
    const folder = await folderOf({});
    const { exitCode, stderr } = await runFlow(['list'], { DATA_DIR: folder });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('run `npm start` in another terminal first')]);
  });
});

describe('without a database', () => {
  it('judges a file as far as it can, and says what it took for granted', async () => {
    const folder = await folderOf({ 'shop.json': stringifyFlow(exampleFlow) });
    const { exitCode, stdout } = await run('validate', join(folder, 'shop.json'));
    expect(stdout).toContain('0 errors');
    expect(stdout).toContain('not looked up: assistants orders, calendars shop; with --flow ID they are');
    expect(exitCode).toBe(stdout.includes('it can be published') ? 0 : 1);
  });

  it('says in Czech what is wrong with one, and where', async () => {
    const broken = { ...exampleFlow, fault: 'nowhere', languages: ['cs-CZ', 'en-US', 'de-DE'] };
    const folder = await folderOf({ 'shop.json': JSON.stringify(broken) });
    const { exitCode, stdout } = await run('validate', join(folder, 'shop.json'), '--language', 'cs');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/chyba +\/fault: .*nowhere.* \[fault-to-nowhere\]/);
    expect(stdout).toMatch(/výstraha .*de-DE.* \[language-missing\]/);
    const asJson = await run('validate', join(folder, 'shop.json'), '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false, canBePublished: false, problems: expect.any(Array) });
  });

  it('runs the scenarios that stand beside a flow', async () => {
    const { stdout } = await run('validate', 'contracts/flow/templates/opening-hours');
    expect(stdout).toMatch(/ok {5}christmas {2}/);
    expect(stdout).toMatch(/coverage of .*: \d+ of \d+ nodes/);
    expect(stdout).toMatch(/0 errors|not-live-yet/);
  });

  it('tells how two files differ', async () => {
    const changed = { ...exampleFlow, name: 'Garden shop' };
    const folder = await folderOf({ 'a.json': stringifyFlow(exampleFlow), 'b.json': stringifyFlow(changed) });
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
    expect((await run('diff', a, b)).stdout).toBe('~ flow, name: "Flower shop" -> "Garden shop"\n');
    expect(JSON.parse((await run('diff', a, a, '--json')).stdout)).toEqual({
      ok: true,
      isSame: true,
      changes: [],
      moved: [],
    });
    expect((await run('diff', a, 'live')).stderr).toContain('compare it with another file');
  });
});
