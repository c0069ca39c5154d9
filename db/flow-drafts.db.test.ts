import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { shortFlow } from '../test/made-up-flows.ts';
import type { FlowScenarios } from './flow-scenarios.ts';
import { createFlowStore, DraftConflict, type FlowStore } from './flows.ts';

let fixture: TestDatabase;
let flows: FlowStore;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  flows = createFlowStore(fixture.database);
});
afterAll(() => fixture.close());

const save = (flowId: string, name: string, baseRevision: number | 'any', savedBy: string) =>
  flows.saveDraft({ tenantId: 'acme', flowId, document: shortFlow(name), baseRevision, savedBy });

test('each save is a revision, and the same text is none', async () => {
  expect(await save('f', 'one', 0, 'jana')).toMatchObject({ revision: 1, savedBy: 'jana' });
  expect(await save('f', 'two', 1, 'petr')).toMatchObject({ revision: 2, savedBy: 'petr' });
  expect(await save('f', 'two', 1, 'jana')).toMatchObject({ revision: 2, savedBy: 'petr' });
  expect(await flows.readDraft('acme', 'f')).toEqual({
    flowId: 'f',
    revision: 2,
    savedBy: 'petr',
    document: shortFlow('two'),
    scenarios: {},
  });
  expect(await flows.readDraft('other', 'f')).toBeUndefined();
});

test('of two who save the same draft the second gets both texts and what they were made of', async () => {
  await save('g', 'common', 0, 'jana');
  const saved = await Promise.allSettled([save('g', 'hers', 1, 'jana'), save('g', 'his', 1, 'petr')]);
  const [kept] = saved.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [refused] = saved.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  expect(refused).toBeInstanceOf(DraftConflict);
  const theirs = kept?.document.name ?? '';
  expect(refused).toMatchObject({
    code: 'draft-conflict',
    status: 409,
    stored: { revision: 2, document: { name: theirs } },
    yours: { name: theirs === 'hers' ? 'his' : 'hers' },
    base: { name: 'common' },
  });
  expect(await flows.readDraft('acme', 'g')).toEqual(kept);
});

test('what somebody puts over a draft can be had as the base of a later conflict', async () => {
  await save('h', 'one', 0, 'jana');
  await save('h', 'two', 'any', 'petr');
  await save('h', 'three', 2, 'petr');
  await expect(save('h', 'mine', 2, 'jana')).rejects.toMatchObject({ base: { name: 'two' } });
  await expect(save('h', 'mine', 77, 'jana')).rejects.toMatchObject({ base: undefined, yours: { name: 'mine' } });
});

test('a new flow is made once, and is not taken for one that is there', async () => {
  const made = await Promise.allSettled(['a', 'b', 'c'].map((name) => save('new', name, 0, name)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(save('nowhere', 'x', 4, 'jana')).rejects.toMatchObject({ code: 'flow-unknown', status: 404 });
  expect(await flows.readDraft('acme', 'nowhere')).toBeUndefined();
});

test('a text that would not come back as it was written is refused', async () => {
  for (const name of ['half \ud83d', 'nul \0'])
    await expect(save('odd', name, 0, 'jana')).rejects.toMatchObject({ code: 'document-invalid' });
  expect(await save('odd', 'whole 😀', 0, 'jana')).toMatchObject({ document: { name: 'whole 😀' } });
});

test('the scenarios of a flow are saved with its draft, under the same revision', async () => {
  const scenario = (name: string) => ({ scenarioVersion: 1, name, clock: '2026-11-27T17:59 Europe/Prague' });
  const keep = (scenarios: FlowScenarios, baseRevision: number) =>
    flows.saveDraft({ tenantId: 'acme', flowId: 'tested', document: shortFlow('x'), scenarios, baseRevision });
  const both = { one: scenario('One'), two: scenario('Two') };
  expect(await keep(both, 0)).toMatchObject({ revision: 1, scenarios: both });
  expect(await keep({ two: scenario('Zwei') }, 1)).toMatchObject({ revision: 2, scenarios: { two: scenario('Zwei') } });
  await expect(keep(both, 1)).rejects.toMatchObject({
    code: 'draft-conflict',
    stored: { scenarios: { two: scenario('Zwei') } },
    yourScenarios: both,
  });
  expect(await save('tested', 'y', 2, 'jana')).toMatchObject({ revision: 3, scenarios: { two: scenario('Zwei') } });
  const noon = { two: { ...scenario('Two'), clock: 'noon' } };
  await expect(keep(noon, 3)).rejects.toThrow(/the scenario two: .*\n {2}\/clock/);
  await expect(keep({ 'a/b': scenario('x') }, 3)).rejects.toThrow('"a/b" is no name of a scenario');
  expect((await flows.readDraft('acme', 'tested'))?.scenarios).toEqual({ two: scenario('Zwei') });
});
