import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { replay } from '../contracts/flow/replay/replay.ts';
import { recordedCall } from '../contracts/flow/testing/recorded-call.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { createCallEventStore } from './call-events.ts';
import { createCallLedgerStore } from './call-ledgers.ts';
import { createFlowPublisher } from './flow-publishing.ts';
import { toJsonb } from './sql-values.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
});
afterAll(() => fixture.close());

const document: FlowDocument = {
  schemaVersion: 1,
  name: 'shop',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'number' } },
    number: {
      type: 'collect',
      prompt: 'Číslo?',
      variable: 'order',
      minDigits: 4,
      maxDigits: 8,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 1,
      edges: { collected: 'bye', noInput: 'bye', invalid: 'bye' },
    },
    bye: { type: 'hangup', reason: 'done' },
  },
};

test("a call comes back with its version and all of its ledger, and replays; another tenant's does not", async () => {
  const { database } = fixture;
  const publisher = createFlowPublisher({ database, nowMs: Date.now });
  await publisher.publishFlow({ tenantId: 'acme', flowId: 'shop', document, baseRevision: 'any' });
  const { decisions } = recordedCall(document, [{ type: 'digits', digits: '4711' }]);
  for (const [i, { atMs, ...data }] of decisions.entries())
    await createCallEventStore(database).appendEvent({
      tenantId: 'acme',
      callId: 'CA1',
      eventId: `decision-0000${i + 1}`,
      kind: 'decision',
      atMs,
      data: JSON.parse(toJsonb(data)),
    });
  await addCall('CA1', '2026-11-27T16:59:00Z', 'shop');
  await addCall('CA2', '2026-11-27T23:30:00Z', 'shop');
  await addCall('CA3', '2026-11-27T12:00:00Z', 'other');

  const ledgers = createCallLedgerStore(database);
  const ledger = await ledgers.readLedger({ tenantId: 'acme', callId: 'CA1' });
  expect(ledger).toMatchObject({ from: '+420777123456', flowId: 'shop', flowVersion: 1, decisions });
  const again = replay(compileFlow(document, { assistants: {} }), {
    callId: 'CA1',
    flowId: 'shop',
    flowVersion: 1,
    language: 'cs-CZ',
    callerNumber: ledger?.from ?? '',
    decisions: ledger?.decisions ?? [],
    ...(ledger?.flow && { flow: ledger.flow }),
  });
  expect(again).toMatchObject({ verdict: 'same', notes: [], assumptions: [] });
  expect(await ledgers.readVersion('acme', 'shop', 1)).toEqual({ document, flow: ledger?.flow });
  expect(await ledgers.readVersion('acme', 'shop', 2)).toBeUndefined();
  expect(await ledgers.readLedger({ tenantId: 'other', callId: 'CA1' })).toBeUndefined();

  const day = { fromMs: Date.parse('2026-11-26T23:00:00Z'), untilMs: Date.parse('2026-11-27T23:00:00Z') };
  expect(await ledgers.callsBetween({ tenantId: 'acme', ...day })).toEqual(['CA3', 'CA1']);
  expect(await ledgers.callsBetween({ tenantId: 'acme', ...day, flowId: 'shop' })).toEqual(['CA1']);
  expect(await ledgers.callsBetween({ tenantId: 'other', ...day })).toEqual([]);
});

async function addCall(callId: string, admittedAt: string, flowId: string): Promise<void> {
  await fixture.database.forTenant('acme').run((em) =>
    em.execute(
      `insert into call_sessions (tenant_id, call_id, from_number, to_number, language, flow_id, flow_version, admitted_at,
          ended_at) values ('acme', ?, '+420777123456', '+420222000111', 'cs-CZ', ?, 1, ?, ?)`,
      [callId, flowId, admittedAt, admittedAt],
    ),
  );
}
