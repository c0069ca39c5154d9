import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallEventStore } from '../db/call-events.ts';
import { createCallSessionStore } from '../db/call-sessions.ts';
import { createCostStore } from '../db/cost-entries.ts';
import { createFileKeyProvider } from '../db/key-provider.ts';
import { createSealer } from '../db/sealing.ts';
import { createTurnStore } from '../db/turns.ts';
import { type TestDatabase, addTenants, createTestDatabase } from '../test/database-fixture.ts';
import { madeUpDegradedPlan } from '../test/made-up-call.ts';
import {
  type CallRecordActivities,
  type FinishCallInput,
  createCallRecordActivities,
  missingTurns,
} from './call-record-activities.ts';

let fixture: TestDatabase;
let dir: string;
let records: CallRecordActivities;
let stores: ReturnType<typeof openStores>;

beforeAll(async () => {
  fixture = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'switchboard-records-'));
  stores = openStores();
  records = createCallRecordActivities(stores);
  await addTenants(fixture.database);
});
afterAll(async () => {
  await fixture.close();
  await rm(dir, { recursive: true, force: true });
});

function openStores() {
  const { database } = fixture;
  const sealer = createSealer(createFileKeyProvider(join(dir, 'keys.json')));
  return {
    sessions: createCallSessionStore({ database, sealer }),
    events: createCallEventStore(database),
    costs: createCostStore(database),
    turns: createTurnStore(database),
  };
}

const row = (callId: string) => ({
  tenantId: 'acme',
  callId,
  direction: 'outbound' as const,
  from: '+420800000002',
  to: '+420800000001',
  carrierAccountId: 'AC1',
  language: 'cs-CZ',
  flowId: 'demo',
  flowVersion: 1,
  degradedPlan: madeUpDegradedPlan,
});
const end = (callId: string): FinishCallInput => ({
  tenantId: 'acme',
  callId,
  direction: 'outbound',
  outcome: 'done',
  carrierStatus: 'completed',
  endedAtMs: 1_800_000_061_000,
  durationMs: 61_000,
  billedS: 61,
  streamedS: 30,
  detected: true,
  epoch: 1,
  lastSeq: 2,
  tags: ['sale', 'callback'],
  decisions: [
    {
      index: 1,
      atMs: 1_800_000_000_000,
      step: 0,
      nodeId: 'start',
      nodeType: 'start',
      outcome: 'next',
      wentTo: 'helper',
      rule: 'edge',
      durationMs: 0,
    },
  ],
});

describe('the records of a call', () => {
  it('tell it from dialling to its bill, however often they are written', async () => {
    const key = { tenantId: 'acme', callId: 'out-1' };
    for (let times = 0; times < 2; times++) {
      await records.recordDialling({ ...row('out-1'), phase: 'new' });
      await stores.sessions.setCarrierCall({ ...key, carrierCallId: 'CA1' });
      await records.recordAdmission({ ...row('out-1'), phase: 'admitted', admittedAtMs: 1_800_000_000_000 });
      await records.finishCall(end('out-1'));
    }
    expect(await stores.sessions.readCall(key)).toMatchObject({
      phase: 'ended',
      carrierCallId: 'CA1',
      admittedAtMs: 1_800_000_000_000,
      endReason: 'done',
      durationMs: 61_000,
      tags: ['sale', 'callback'],
    });
    expect((await stores.events.readEvents(key)).map(({ kind, data }) => [kind, data])).toEqual([
      ['admitted', { direction: 'outbound', flowId: 'demo', flowVersion: 1 }],
      ['decision', expect.objectContaining({ nodeId: 'start', wentTo: 'helper' })],
      ['ended', { outcome: 'done', carrierStatus: 'completed', durationMs: 61_000, tags: ['sale', 'callback'] }],
      [
        'transcript-gap',
        {
          missing: [
            { epoch: 1, seq: 1 },
            { epoch: 1, seq: 2 },
          ],
        },
      ],
    ]);
    expect(await stores.costs.readCosts(key)).toMatchObject([
      { entryId: 'telephony/detection', unit: 'call', quantity: 1, amountMillionths: 7_500 },
      { entryId: 'telephony/leg', quantity: 61, amountMillionths: 28_000, currency: 'USD', pricedOn: '2027-01-15' },
      { entryId: 'telephony/stream', quantity: 30, amountMillionths: 4_000 },
    ]);
  });

  it('of another tenant are refused for good', async () => {
    await records.recordAdmission({ ...row('CA-own'), phase: 'admitted', admittedAtMs: 1 });
    const foreign = { ...row('CA-own'), tenantId: 'other', phase: 'admitted' as const, admittedAtMs: 1 };
    await expect(records.recordAdmission(foreign)).rejects.toMatchObject({ type: 'call-unknown', nonRetryable: true });
  });
});

describe('gaps in a transcript', () => {
  it.each([
    ['none', [1, 2, 3], 3, []],
    ['one in the middle', [1, 3], 3, [2]],
    ['the end', [1], 3, [2, 3]],
    ['more than the gateway told', [1, 2, 4], 2, [3]],
  ])('%s', (_what, seqs, lastSeq, missing) => {
    const turns = seqs.map((seq) => ({ epoch: 2, seq }));
    expect(missingTurns(turns, { epoch: 2, lastSeq })).toEqual(missing.map((seq) => ({ epoch: 2, seq })));
  });
});
