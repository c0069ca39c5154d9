import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../../test/database-fixture.ts';
import { createAssistantStore } from '../../db/assistants.ts';
import { createPhoneNumberStore } from '../../db/phone-numbers.ts';
import { runFlow } from './run-flow.ts';

let fixture: TestDatabase;
let folder: string;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  folder = await mkdtemp(join(tmpdir(), 'flow-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

const flow = (words: string): FlowDocument => ({
  schemaVersion: 1,
  name: 'Květinka',
  languages: ['cs-CZ'],
  voiceId: 'v',
  start: 'start',
  fault: 'bye',
  nodes: {
    start: { type: 'start', edges: { next: 'hours' } },
    hours: { type: 'hours', calendarId: 'shop', edges: { open: 'hello', closed: 'bye' } },
    hello: { type: 'say', text: words, edges: { next: 'bye' } },
    bye: { type: 'hangup', reason: 'done' },
  },
});
const bundle = (words: string, said = words) => ({
  bundleVersion: 1,
  flowId: 'shop',
  flow: flow(words),
  scenarios: {
    open: {
      scenarioVersion: 1,
      name: 'Open',
      clock: '2026-11-30T12:00 Europe/Prague',
      expect: { said: [said], outcome: 'done' },
    },
  },
  references: {
    calendars: { shop: { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] } },
  },
});

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

const run = (...args: string[]) =>
  runFlow([...args, '--tenant', 'acme'], {
    DATABASE_URL: fixture.applicationUrl,
    DATABASE_MIGRATION_URL: fixture.migrationUrl,
    DATA_DIR: folder,
    KEY_FILE: join(folder, 'keys.json'),
  });
const done = async (...args: string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
};
const json = async (...args: string[]): Promise<object> => JSON.parse((await run(...args, '--json')).stdout);

test('a flow goes from its file to the calls on it and back, a command a step', async () => {
  const path = await file('shop.json', bundle('Dobrý den.'));
  expect(await done('import', path, '--by', 'jana')).toMatch(
    /made calendars shop[^]*draft revision 1 of shop is stored/,
  );
  expect(await done('list')).toBe(
    'shop  Květinka: nothing published, draft revision 1 by jana is not published; 0 calls\n',
  );
  expect(await done('publish', 'shop', '--by', 'jana', '--note', 'the first')).toBe(
    'coverage of shop: 4 of 4 nodes, 3 of 4 outcomes\n  no scenario leaves hours by closed\nversion 1 of shop is live\n',
  );
  expect(await done('publish', 'shop')).toMatch(/nothing new: version 1/);
  expect(await done('route', '+420200000200', '--flow', 'shop', '--version', '1')).toBe(
    '+420200000200 leads to version 1 of shop; calls in flight stay where they are\n',
  );

  const evening = await file('evening.json', bundle('Dobrý večer.'));
  expect(await done('diff', 'shop', evening)).toBe('~ hello, text: "Dobrý den." -> "Dobrý večer."\n');
  const refused = await run('publish', 'shop', evening);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/the flow shop cannot be published[^]*FAILED open {2}Open[^]*expected .*Dobrý den/);
  await done('import', evening, '--base', '1', '--by', 'petr');
  expect(await done('publish', 'shop', '--by', 'petr', '--base', '2')).toMatch(/version 2 of shop is live\n$/);
  expect(await done('diff', 'shop', '1', 'live', '--language', 'cs')).toContain('"Dobrý den." -> "Dobrý večer."');
  expect(await done('diff', 'shop')).toBe('no difference\n');

  expect(await done('roll-back', 'shop', '1', '--note', 'too early for evenings')).toMatch(
    /version 3 of shop is live\n$/,
  );
  const [third, second, first] = (await done('versions', 'shop')).split('\n');
  expect(third).toMatch(/^3 {2}live; 0 calls; .*rolled back to 1; too early for evenings$/);
  expect(second).toMatch(/^2 {2}archived; 0 calls; .* by petr$/);
  expect(first).toMatch(/^1 {2}published; 0 calls; .* by jana; pinned by \+420200000200; the first$/);
});

test('an export is the same to the byte after an import, as a file and as a folder', async () => {
  await done('import', await file('twice.json', { ...bundle('Ahoj.'), flowId: 'twice' }));
  const text = (await run('export', 'twice')).stdout;
  const [out, dir] = [join(folder, 'out.json'), join(folder, 'dir')];
  await done('export', 'twice', '--out', out);
  expect(await readFile(out, 'utf8')).toBe(text);
  await done('export', 'twice', '--folder', dir);
  expect(await json('validate', dir)).toMatchObject({ ok: true, canBePublished: true, scenarios: [{ ok: true }] });
  for (const [id, from] of [
    ['from-file', out],
    ['from-folder', dir],
  ] as const) {
    await done('import', from, '--flow', id);
    expect((await run('export', id)).stdout).toBe(text.replace('"flowId": "twice"', `"flowId": "${id}"`));
  }
});

test('of two who import into the same draft the second sees what each changed and what to do', async () => {
  const named = (words: string) => ({ ...bundle(words), flowId: 'both' });
  await done('import', await file('b.json', named('Ahoj.')));
  await done('import', await file('b1.json', named('Čau.')), '--base', '1', '--by', 'jana');
  const second = await file('b2.json', named('Nazdar.'));
  const { exitCode, stderr } = await run('import', second, '--base', '1', '--by', 'petr');
  expect(exitCode).toBe(1);
  expect(stderr.split('\n')).toEqual([
    'jana has saved revision 2 of the draft of both meanwhile; nothing was stored.',
    'What they changed:',
    '  ~ hello, text: "Ahoj." -> "Čau."',
    'What you changed:',
    '  ~ hello, text: "Ahoj." -> "Nazdar."',
    'Scenarios that are not the same: open',
    'To see theirs: npm run flow -- export both --version draft',
    'To put yours in its place: the same command with --base 2',
    '',
  ]);
  expect(await json('import', second, '--base', '1')).toMatchObject({
    ok: false,
    code: 'draft-conflict',
    stored: { revision: 2 },
    yours: { nodes: { hello: { text: 'Nazdar.' } } },
    base: { nodes: { hello: { text: 'Ahoj.' } } },
  });
});

test('a file is not published over work that was never published, unless it is said', async () => {
  const named = (words: string) => ({ ...bundle(words), flowId: 'safe', scenarios: {} });
  await done('import', await file('s.json', named('Ahoj.')), '--by', 'jana');
  const other = await file('s1.json', named('Nazdar.'));
  const refused = await run('publish', 'safe', other);
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/jana has saved revision 1[^]*--base 1/),
  ]);
  expect(await done('publish', 'safe', other, '--base', '1')).toBe('version 1 of safe is live\n');
  expect(await done('publish', 'safe', await file('s2.json', named('Sbohem.')))).toBe('version 2 of safe is live\n');
});

test('a calendar is listed, printed and put in the place of another one, and the flows that ask it are named', async () => {
  await done('import', await file('cal.json', { ...bundle('Ahoj.'), flowId: 'cal', scenarios: {} }));
  await done('publish', 'cal');
  expect(await done('calendar')).toBe('shop  Europe/Prague, 1 interval a week\n');
  const printed = (await run('calendar', 'shop')).stdout;
  const closed = { ...JSON.parse(printed), publicHolidays: { country: 'CZ' } };
  const told = await done('calendar', 'shop', await file('shop-hours.json', closed));
  expect(told).toMatch(/-12-25 {2}closed: holiday \(Christmas Day\)\n/);
  expect(told).toMatch(/calendar shop is stored\n[^]*cal asks it as it was until: npm run flow -- publish cal\n/);
  expect((await run('calendar', 'shop', '--language', 'cs')).stderr).toMatch(/closed: holiday \(Štědrý den\)/);
  expect(await done('calendar')).toBe('shop  Europe/Prague, 1 interval a week, public holidays of CZ\n');
  expect(await done('publish', 'cal')).toMatch(/version 2 of cal is live/);
  expect(await json('calendar', 'shop', await file('same.json', closed))).toMatchObject({ ok: true, outdated: [] });
});

test('a number keeps its contact tool until it is told otherwise', async () => {
  const counts = { ...flow('Ahoj.'), contact: { name: { type: 'text', default: '' } } };
  await done('import', await file('known.json', { ...bundle('Ahoj.'), flow: counts, flowId: 'known' }));
  await done('publish', 'known');
  const tool = {
    toolId: 'crm',
    name: 'crm',
    description: '',
    type: 'http' as const,
    endpoint: 'https://crm.test',
    method: 'POST' as const,
    headers: {},
    timeoutMs: 1000,
    idempotent: true,
    maxResponseBytes: 1000,
  };
  await createAssistantStore(fixture.database).storeTool('acme', tool);
  const route = (...more: string[]) => done('route', '+420200000201', '--flow', 'known', ...more);
  const contactTool = async () =>
    (await createPhoneNumberStore(fixture.database).readNumbers('acme')).find(
      ({ phoneNumber }) => phoneNumber === '+420200000201',
    )?.contactTool;
  expect(await route('--contact-tool', 'crm', '--contact', 'name=customer.name')).toContain('after asking crm');
  await route('--version', '1');
  expect(await contactTool()).toEqual({
    toolId: 'crm',
    arguments: { phone: 'caller.number' },
    fills: { name: 'customer.name' },
  });
  expect(await route('--contact-tool', 'none')).toContain('the flow counts on contact.name, which take their defaults');
  expect(await contactTool()).toBeUndefined();
});

test.each<[string[], number, RegExp]>([
  [['publish', 'nothing'], 1, /there is no flow nothing: npm run flow -- list/],
  [['roll-back', 'shop', '77'], 1, /the flow shop has no version 77/],
  [['roll-back', 'shop', 'last'], 2, /"last" is no version's number[^]*usage: npm run flow -- roll-back ID VERSION/],
  [['route', '+420200000200', '--flow', 'shop', '--version', '9'], 1, /no version 9: npm run flow -- versions shop/],
  [['route', '+420200000200', '--flow', 'shop', '--contact-tool', 'none-such'], 1, /there is no tool none-such/],
  [['route', '602123456', '--flow', 'shop'], 2, /no number in international form/],
  [['route', '+420200000200', '--flow', 'shop', '--contact', 'name=x'], 2, /name it with --contact-tool/],
  [['list', 'shop'], 2, /"shop" is no option, and nothing else is taken/],
  [['validate', 'nothing'], 1, /nothing is no file or folder here, and as a flow's id: there is no flow nothing/],
  [['versions', 'nothing'], 1, /there is no flow nothing/],
  [['export', 'shop', '--version', 'newest'], 2, /--version is a number, live or draft/],
  [['calendar', 'nothing'], 1, /tenant acme has no calendar nothing: npm run flow -- calendar lists/],
  [['calendar', 'our shop'], 2, /"our shop" is no id of a calendar: letters/],
  [['import', '/nowhere.json'], 1, /there is no file or folder \/nowhere.json/],
])('%j is answered with what is wrong', async (args, exitCode, message) => {
  const answer = await run(...args);
  expect(answer.stderr).toMatch(message);
  expect([answer.exitCode, answer.stdout]).toEqual([exitCode, '']);
});
