import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { createCallEventStore } from './call-events.ts';
import { createCostStore, type CostEntry } from './cost-entries.ts';
import { createToolLogStore, type ToolLog } from './tool-logs.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
});
afterAll(() => fixture.close());

const key = { tenantId: 'acme', callId: 'CA1' };
const foreign = { tenantId: 'other', callId: 'CA1' };

test('an event is kept once, in order, and found by its kind', async () => {
  const events = createCallEventStore(fixture.database);
  const unknown = {
    eventId: 'number-unknown',
    kind: 'number-unknown',
    atMs: 1_700_000_000_123,
    data: { phoneNumber: '+420999999999' },
  };
  await events.appendEvent({ ...key, eventId: 'ended', kind: 'ended', atMs: 1_700_000_000_999, data: {} });
  await events.appendEvent({ ...key, ...unknown });
  await events.appendEvent({ ...key, ...unknown, data: { changed: true } });
  expect((await events.readEvents(key)).map(({ kind }) => kind)).toEqual(['number-unknown', 'ended']);
  expect(await events.latestOfKind({ tenantId: 'acme', kind: 'number-unknown' })).toEqual([
    { ...unknown, callId: 'CA1' },
  ]);
  expect(await events.readEvents(foreign)).toEqual([]);
  const change = fixture.database.forTenant('acme').run((em) => em.execute(`update call_events set kind = 'other'`));
  await expect(change).rejects.toMatchObject({ sqlState: '42501' });
});

test('a tool call is logged once, its last result stands, garbage in it fits', async () => {
  const logs = createToolLogStore(fixture.database);
  const log: ToolLog = {
    functionCallId: 'fc-1',
    toolId: 'find-order',
    name: 'find_order',
    epoch: 1,
    parameters: { order: '42', 'odd?key': "it's \\ ?" },
    result: { status: 'ok', data: { state: 'sent' }, retryable: false, hint: 'Done.', attempts: 1, latencyMs: 31.4 },
    startedAtMs: 1_700_000_000_123,
  };
  await logs.writeToolLog({ ...key, ...log, result: { ...log.result, status: 'timeout' } });
  await logs.writeToolLog({ ...key, ...log });
  await logs.writeToolLog({
    ...key,
    ...log,
    functionCallId: 'fc-2',
    startedAtMs: 1,
    result: { ...log.result, data: { 'a\0': '\0\ud800' } },
  });
  expect(await logs.readToolLogs(key)).toEqual([
    { ...log, functionCallId: 'fc-2', startedAtMs: 1, result: { ...log.result, data: { a: '\ufffd' } } },
    log,
  ]);
  expect(await logs.readToolLogs(foreign)).toEqual([]);
});

const entry = (entryId: string, amountMillionths: number, currency = 'USD'): CostEntry => ({
  entryId,
  kind: 'model',
  unit: 'audio-input-token',
  quantity: 1500,
  amountMillionths,
  currency,
  pricedOn: '2026-11-01',
});

test('costs are whole millionths, replaced by line and summed by currency', async () => {
  const costs = createCostStore(fixture.database);
  const large = 9_000_000_000_000_000;
  await costs.writeCosts({ ...key, entries: [entry('a', 1), entry('a', 5)] });
  await costs.writeCosts({ ...key, entries: [entry('a', 7), entry('b', large), entry('c', 3, 'CZK')] });
  await costs.writeCosts({ ...key, entries: [] });
  expect(await costs.readCosts(key)).toEqual([entry('a', 7), entry('b', large), entry('c', 3, 'CZK')]);
  expect(await costs.totalCosts(key)).toEqual([
    { currency: 'CZK', totalMillionths: 3 },
    { currency: 'USD', totalMillionths: large + 7 },
  ]);
  expect(await costs.totalCosts(foreign)).toEqual([]);
  await expect(costs.writeCosts({ ...key, entries: [entry('d', 0.5)] })).rejects.toThrow(RangeError);
  await expect(costs.writeCosts({ ...key, entries: [entry('d', 1, 'crowns')] })).rejects.toMatchObject({
    constraint: 'cost_entries_currency_check',
  });
  expect(await query(fixture.adminUrl, 'select count(*)::int as rows from cost_entries')).toEqual([{ rows: 3 }]);
});
