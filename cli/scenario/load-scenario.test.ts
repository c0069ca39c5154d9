import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stringifyFlow } from '../../contracts/flow/canonical-json.ts';
import { flowOf } from '../../contracts/flow/testing/play.ts';
import { exampleFlow } from '../flow/example-flow.ts';
import { findScenarios } from './find-scenarios.ts';
import { loadScenario } from './load-scenario.ts';

const scenario = { scenarioVersion: 1, name: 'x', clock: '2026-11-27T17:59 Europe/Prague' };
const hours = flowOf({ type: 'hours', calendarId: 'shop', edges: { open: 'x', closed: 'x' } });

/** A folder with these files: text as it stands, anything else as JSON. */
async function folderOf(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scenarios-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

const load = async (files: Readonly<Record<string, unknown>>) =>
  loadScenario(join(await folderOf({ 'flow.json': hours, ...files }), 'a.scenario.json'));

it('takes what the flow refers to from beside it, and from the scenario first', async () => {
  const shop = (timeZone: string) => ({
    calendars: { shop: { timeZone, weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] } },
  });
  const beside = await load({ 'a.scenario.json': scenario, 'references.json': shop('Europe/Prague') });
  expect(beside.flow.calendars['shop']?.timeZone).toBe('Europe/Prague');
  const own = await load({
    'a.scenario.json': { ...scenario, references: shop('Asia/Tokyo') },
    'references.json': shop('Europe/Prague'),
  });
  expect(own.flow.calendars['shop']?.timeZone).toBe('Asia/Tokyo');
});

it.each<[string, Record<string, unknown>, string]>([
  ['is no JSON', { 'a.scenario.json': '{ "name": ' }, 'a.scenario.json is no JSON'],
  [
    'is no scenario',
    { 'a.scenario.json': { ...scenario, clock: 'noon' } },
    'a.scenario.json: this is no scenario:\n  /clock: write it as',
  ],
  ['names a flow that is not there', { 'a.scenario.json': { ...scenario, flow: 'b.flow.json' } }, 'there is no file '],
  [
    'has a flow of the wrong shape',
    { 'a.scenario.json': scenario, 'flow.json': { name: 'x' } },
    'flow.json: this is no flow:',
  ],
  [
    'has a flow with errors',
    { 'a.scenario.json': scenario },
    'flow.json: the flow has errors:\n  /nodes/it/calendarId',
  ],
  [
    'has references of the wrong shape',
    { 'a.scenario.json': scenario, 'references.json': { calendar: {} } },
    'references.json: these are no references of a flow:\n  the whole: there is no field calendar',
  ],
])('says of a scenario that %s which file it is and where', async (_name, files, message) => {
  await expect(load(files)).rejects.toThrow(message);
});

it('finds scenarios in folders, each once, and says where there are none', async () => {
  const folder = await folderOf({ 'b.scenario.json': scenario, 'a.scenario.json': scenario, 'flow.json': hours });
  const first = join(folder, 'a.scenario.json');
  expect(await findScenarios([first, folder])).toEqual([first, join(folder, 'b.scenario.json')]);
  await expect(findScenarios([join(folder, 'c')])).rejects.toThrow('there is no file or directory');
  await expect(findScenarios([join(folder, 'flow.json')])).rejects.toThrow('does not end in .scenario.json');
  await expect(findScenarios([await folderOf({})])).rejects.toThrow('there is no scenario in');
});

it('has the flow of the documentation among the examples', async () => {
  const { flow } = await loadScenario('contracts/flow/examples/flower-shop/friday-evening.scenario.json');
  const written = await folderOf({
    'flow.json': stringifyFlow(exampleFlow),
    'a.scenario.json': { ...scenario, references: { calendars: flow.calendars } },
  });
  expect((await loadScenario(join(written, 'a.scenario.json'))).flow).toEqual(flow);
});
