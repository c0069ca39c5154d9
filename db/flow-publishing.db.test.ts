import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxCompiledBytes } from '../contracts/flow/compile.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { shortFlow } from '../test/made-up-flows.ts';
import { createCalendarStore } from './calendars.ts';
import { createFlowPublisher, type FlowPublisher } from './flow-publishing.ts';
import { createFlowVersionStore } from './flow-versions.ts';
import { createFlowStore, DraftConflict } from './flows.ts';
import { createPhoneNumberStore } from './phone-numbers.ts';

const nowMs = () => Date.parse('2026-11-26T10:00Z');
let fixture: TestDatabase;
let publisher: FlowPublisher;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  publisher = createFlowPublisher({ database: fixture.database, nowMs });
});
afterAll(() => fixture.close());

const publish = (flowId: string, drawn: FlowDocument, note?: string) =>
  publisher.publishFlow({
    tenantId: 'acme',
    flowId,
    document: drawn,
    baseRevision: 'any',
    publishedBy: 'jana',
    ...(note !== undefined && { note }),
  });
const drafts = () => createFlowStore(fixture.database);
const versions = async (flowId: string) => createFlowVersionStore(fixture.database).readVersions('acme', flowId);
const callOn = (flowId: string, version: number, callId: string) =>
  fixture.database
    .forTenant('acme')
    .run((em) =>
      em.execute(`insert into call_sessions (tenant_id, call_id, flow_id, flow_version) values ('acme', ?, ?, ?)`, [
        callId,
        flowId,
        version,
      ]),
    );

test('a version has a number, an author, a note and a hash that tells whether the text is the same', async () => {
  await publish('f', shortFlow('One'), 'the first');
  await publish('f', shortFlow('Two'));
  const back = await publish('f', shortFlow('One'));
  expect(back).toMatchObject({ version: 3, flowVersionId: 'f@3', isNew: true });
  const [third, second, first] = await versions('f');
  expect(first).toMatchObject({ version: 1, publishedBy: 'jana', note: 'the first', state: 'archived', calls: 0 });
  expect(third).toMatchObject({ version: 3, isLive: true, state: 'published' });
  expect(third?.hash).toMatch(/^[0-9a-f]{64}$/);
  expect([first?.hash === third?.hash, first?.hash === second?.hash]).toEqual([true, false]);
});

test('an older version is archived when its last call has ended, and not while a number is pinned to it', async () => {
  await publish('busy', shortFlow('One'));
  await callOn('busy', 1, 'CA-busy-1');
  await callOn('busy', 1, 'CA-busy-2');
  await publish('busy', shortFlow('Two'));
  const first = async () => (await versions('busy')).at(-1);
  expect(await first()).toMatchObject({ state: 'finishing', calls: 2 });
  expect(await drafts().readFlows('acme')).toContainEqual(
    expect.objectContaining({ flowId: 'busy', liveVersion: 2, calls: 2, isChanged: false }),
  );
  await query(fixture.adminUrl, `update call_sessions set ended_at = now() where call_id = 'CA-busy-1'`);
  expect(await first()).toMatchObject({ state: 'finishing', calls: 1 });
  await query(fixture.adminUrl, `update call_sessions set ended_at = now() where call_id = 'CA-busy-2'`);
  expect(await first()).toMatchObject({ state: 'archived', calls: 0 });
  const numbers = createPhoneNumberStore(fixture.database);
  const degradedPlan = { language: 'cs-CZ', voiceId: 'v', steps: [] };
  const number = { phoneNumber: '+420200000100', accountId: 'AC1', flowId: 'busy', language: 'cs-CZ', degradedPlan };
  await numbers.routeNumber('acme', { ...number, pinnedVersion: 1 });
  expect(await first()).toMatchObject({ state: 'published', isLive: false, pinnedBy: ['+420200000100'] });
  expect(await createFlowVersionStore(fixture.database).readVersions('other', 'busy')).toEqual([]);
});

test('of publishers at once each gets a version, and the last one is live', async () => {
  const published = await Promise.all(Array.from({ length: 6 }, (_, i) => publish('race', shortFlow(`${i}`))));
  const numbers = published.map(({ version }) => version).toSorted((one, other) => one - other);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
  const [latest] = await versions('race');
  expect(latest).toMatchObject({ version: 6, isLive: true });
  const last = published.find(({ version }) => version === 6);
  expect(await drafts().readDraft('acme', 'race')).toMatchObject({ document: { name: last?.document.name } });
});

test('two who publish the same text make one version', async () => {
  const published = await Promise.all([publish('same', shortFlow('x')), publish('same', shortFlow('x'))]);
  expect(published.map(({ version }) => version)).toEqual([1, 1]);
  expect(published.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test('the draft that is published is the one that was looked at', async () => {
  const save = (name: string, baseRevision: number) =>
    drafts().saveDraft({ tenantId: 'acme', flowId: 'seen', document: shortFlow(name), baseRevision, savedBy: 'petr' });
  const publishDraft = (revision: number) => publisher.publishDraft({ tenantId: 'acme', flowId: 'seen', revision });
  await save('One', 0);
  await save('Two', 1);
  const refused: unknown = await publishDraft(1).catch((thrown: unknown) => thrown);
  expect(refused).toBeInstanceOf(DraftConflict);
  expect(refused).toMatchObject({ stored: { revision: 2, savedBy: 'petr' }, yours: { name: 'One' } });
  expect(await publishDraft(2)).toMatchObject({ version: 1, document: { name: 'Two' } });
  const unknown = publisher.publishDraft({ tenantId: 'acme', flowId: 'none', revision: 1 });
  await expect(unknown).rejects.toMatchObject({ code: 'flow-unknown' });
});

test('rolling back publishes the older text as a new version and leaves the draft alone', async () => {
  await publish('back', shortFlow('One'));
  await publish('back', shortFlow('Two'));
  const draft = { tenantId: 'acme', flowId: 'back', document: shortFlow('Three'), baseRevision: 2 };
  await drafts().saveDraft(draft);
  const rollBack = (version: number) =>
    publisher.rollBack({ tenantId: 'acme', flowId: 'back', version, publishedBy: 'petr', note: 'Two loses callers' });
  expect(await rollBack(1)).toMatchObject({ version: 3, isNew: true, document: { name: 'One' } });
  expect(await rollBack(1)).toMatchObject({ version: 3, isNew: false });
  expect((await versions('back'))[0]).toMatchObject({ version: 3, restores: 1, publishedBy: 'petr', isLive: true });
  expect(await drafts().readDraft('acme', 'back')).toMatchObject({ revision: 3, document: { name: 'Three' } });
  await expect(rollBack(9)).rejects.toMatchObject({ code: 'flow-version-unknown', status: 404 });
});

test('a flow with errors is refused with all of them in both languages, and nothing is stored', async () => {
  const broken: FlowDocument = {
    ...shortFlow('Broken'),
    nodes: {
      start: { type: 'start', edges: { next: 'gone' } },
      ask: { type: 'hours', calendarId: 'shpo', edges: { open: 'bye' } },
      bye: { type: 'hangup' },
    },
  };
  const calendars = createCalendarStore({ database: fixture.database, nowMs });
  const weekly = [{ days: ['mon'], from: '08:00', to: '18:00' }];
  await calendars.storeCalendar('acme', { calendarId: 'shop', calendar: { timeZone: 'Europe/Prague', weekly } });
  await expect(publish('broken', broken)).rejects.toMatchObject({
    code: 'flow-invalid',
    problems: expect.arrayContaining([
      expect.objectContaining({ code: 'edge-to-nowhere' }),
      expect.objectContaining({
        code: 'unknown-reference',
        message: {
          en: 'there is no calendar shpo; did you mean shop?',
          cs: 'kalendář shpo neexistuje; mysleli jste shop?',
        },
      }),
    ]),
  });
  expect(await drafts().readDraft('acme', 'broken')).toBeUndefined();
  const { problems, compiled } = await publisher.checkFlow('acme', 'broken', { nodes: 'none' });
  expect([compiled, problems[0]?.code]).toEqual([undefined, 'wrong-shape']);
});

test('a scenario that fails refuses the version, and rolling back asks what held then', async () => {
  const hello = (text: string): FlowDocument => ({
    ...shortFlow('Hello'),
    nodes: {
      start: { type: 'start', edges: { next: 'hello' } },
      hello: { type: 'say', text, edges: { next: 'bye' } },
      bye: { type: 'hangup', reason: 'done' },
    },
  });
  const says = (name: string, said: string) => ({
    scenarioVersion: 1,
    name,
    clock: '2026-11-27T12:00 Europe/Prague',
    expect: { said: [said], outcome: 'done' },
  });
  const draw = (text: string, baseRevision: number) =>
    drafts().saveDraft({
      tenantId: 'acme',
      flowId: 'hello',
      document: hello(text),
      scenarios: { greets: says('Greets', text) },
      baseRevision,
    });
  await draw('Good day', 0);
  expect(await publish('hello', hello('Good day'))).toMatchObject({ version: 1 });
  const refused = publish('hello', hello('Good evening'));
  await expect(refused).rejects.toThrow(/scenario greets: \/expect\/said\/0.*: expected .*Good day/);
  await expect(refused).rejects.toMatchObject({ failedScenarios: [{ scenarioId: 'greets', ok: false }] });
  expect(await drafts().readDraft('acme', 'hello')).toMatchObject({ revision: 1 });
  const check = await publisher.checkFlow('acme', 'hello', hello('Good day to you'));
  expect(check).toMatchObject({ problems: [], coverage: { nodes: { total: 3, reached: 3 } } });
  await draw('Good evening', 1);
  expect(await publish('hello', hello('Good evening'))).toMatchObject({ version: 2 });
  const back = await publisher.rollBack({ tenantId: 'acme', flowId: 'hello', version: 1 });
  expect(back).toMatchObject({ version: 3, scenarios: { greets: says('Greets', 'Good day') } });
});

test('a flow is outdated when what it carries has changed, until it is published again', async () => {
  const asks: FlowDocument = {
    ...shortFlow('Asks'),
    nodes: {
      start: { type: 'start', edges: { next: 'hours' } },
      hours: { type: 'hours', calendarId: 'clinic', edges: { open: 'bye', closed: 'bye' } },
      bye: { type: 'hangup' },
    },
  };
  const calendars = createCalendarStore({ database: fixture.database, nowMs });
  const open = (from: string) =>
    calendars.storeCalendar('acme', {
      calendarId: 'clinic',
      calendar: { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from, to: '18:00' }] },
    });
  const isOutdated = async () => (await publisher.outdatedFlows('acme')).includes('asks');
  await open('08:00');
  await publish('asks', asks);
  expect(await isOutdated()).toBe(false);
  await open('07:00');
  expect(await isOutdated()).toBe(true);
  expect(await publish('asks', asks)).toMatchObject({ version: 2, isNew: true });
  expect(await isOutdated()).toBe(false);
  await query(fixture.adminUrl, `delete from calendars where id = 'clinic'`);
  expect(await isOutdated()).toBe(true);
});

/** Says `count` times what takes three thousand bytes. */
function talkative(count: number): FlowDocument {
  const said = Array.from({ length: count }, (_, i): [string, FlowDocument['nodes'][string]] => [
    `say-${i}`,
    { type: 'say', text: 'x'.repeat(3000), edges: { next: i + 1 < count ? `say-${i + 1}` : 'bye' } },
  ]);
  const ends: FlowDocument['nodes'] = { start: { type: 'start', edges: { next: 'say-0' } }, bye: { type: 'hangup' } };
  return { ...shortFlow('Talkative'), nodes: { ...ends, ...Object.fromEntries(said) } };
}

test('what is too large to travel with a call is refused, and what just fits is not', async () => {
  await expect(publish('big', talkative(Math.ceil(maxCompiledBytes / 3000)))).rejects.toThrow(
    /and 1000000 are allowed/,
  );
  expect(await publish('big', talkative(300))).toMatchObject({ version: 1 });
  const [stored] = await query<{ bytes: number }>(
    fixture.adminUrl,
    `select octet_length(compiled::text) as bytes from flow_versions where flow_id = 'big'`,
  );
  expect(stored?.bytes).toBeGreaterThan(900_000);
});
