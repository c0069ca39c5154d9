import { afterAll, beforeAll, expect, it } from 'vitest';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { createToolLogStore, type ToolLog } from './tool-logs.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
});
afterAll(() => fixture.close());

const key = { tenantId: 'acme', callId: 'CA1', functionCallId: 'f1' };
const entry = (status: 'ok' | 'cancelled'): typeof key & ToolLog => ({
  ...key,
  toolId: 'crm',
  name: 'crm',
  epoch: 1,
  parameters: { id: 1 },
  result: { status, retryable: false, hint: '', attempts: 1, latencyMs: 12 },
  startedAtMs: 1_000,
});

it('finds the tool calls without a log, and lets what their own workers write stand', async () => {
  const store = createToolLogStore(fixture.database);
  const keys = [key, { ...key, functionCallId: 'f2' }];
  expect(await store.findUnlogged('acme', keys)).toEqual(keys);
  await store.addToolLog(entry('cancelled'));
  expect(await store.findUnlogged('acme', keys)).toEqual([keys[1]]);
  await store.writeToolLog(entry('ok'));
  await store.addToolLog(entry('cancelled'));
  expect((await store.readToolLogs(key)).map(({ result }) => result.status)).toEqual(['ok']);
  expect(await store.findUnlogged('globex', keys)).toEqual([]);
});
