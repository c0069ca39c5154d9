import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallEventStore } from '../db/call-events.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { createDialLedger, type DialLedger } from './dial-ledger.ts';
import { createRequestLedger } from './request-ledger.ts';

let db: TestDatabase;
let ledger: DialLedger;
beforeAll(async () => {
  db = await createTestDatabase();
  await addTenants(db.database);
  ledger = createDialLedger(db.database);
});
afterAll(() => db?.close());

const key = (callId: string) => ({ tenantId: 'acme', callId });

describe('the ledger of dialled calls', () => {
  it('gives one of many the right to dial', async () => {
    const claims = await Promise.all(Array.from({ length: 12 }, () => ledger.claim(key('race'), 1000)));
    expect(claims.filter(({ type }) => type === 'mine')).toHaveLength(1);
    expect(claims.filter(({ type }) => type === 'unknown')).toHaveLength(11);
  });

  it('remembers what was dialled', async () => {
    await ledger.claim(key('placed'), 1000);
    expect(await ledger.claim(key('placed'), 2000)).toEqual({ type: 'unknown', sinceMs: 1000 });
    await ledger.placed(key('placed'), 'CA1', 3000);
    expect(await ledger.claim(key('placed'), 4000)).toEqual({ type: 'placed', carrierCallId: 'CA1' });
    expect([await ledger.isUnderWay(key('placed')), await ledger.isUnderWay(key('nobody'))]).toEqual([true, false]);
    expect([await ledger.isTaken(key('another'), 'CA1'), await ledger.isTaken(key('placed'), 'CA1')]).toEqual([
      true,
      false,
    ]);
  });

  it('lets the next one dial after a release, and keeps the story', async () => {
    await ledger.claim(key('again'), 1000);
    expect(await ledger.isUnderWay(key('again'))).toBe(true);
    await ledger.release(key('again'), 2000);
    expect(await ledger.isUnderWay(key('again'))).toBe(false);
    expect(await ledger.claim(key('again'), 3000)).toEqual({ type: 'mine' });
    await ledger.placed(key('again'), 'CA2', 4000);
    const events = await createCallEventStore(db.database).readEvents(key('again'));
    expect(events.map(({ kind }) => kind)).toEqual(['dial-begun', 'dial-released', 'dial-begun', 'dial-placed']);
  });

  it('keeps tenants apart', async () => {
    expect(await ledger.claim({ tenantId: 'other', callId: 'placed' }, 1000)).toEqual({ type: 'mine' });
  });
});

describe('the ledger of any other request', () => {
  it('keeps requests of a call apart by their names, and what came of each', async () => {
    const requests = createRequestLedger(db.database);
    const sms = (name: string) => ({ ...key('texted'), name });
    expect(await requests.claim(sms('sms/node-3'), 1000)).toEqual({ type: 'mine' });
    expect(await requests.claim(sms('sms/node-31'), 1000)).toEqual({ type: 'mine' });
    expect(await ledger.claim(key('texted'), 1000)).toEqual({ type: 'mine' });
    await requests.placed(sms('sms/node-3'), { messageId: 'SM1' }, 2000);
    expect(await requests.claim(sms('sms/node-3'), 3000)).toEqual({ type: 'done', data: { messageId: 'SM1' } });
    expect(await requests.claim(sms('sms/node-31'), 3000)).toEqual({ type: 'unknown', sinceMs: 1000 });
    const events = await createCallEventStore(db.database).readEvents(key('texted'));
    expect(events.map(({ kind }) => kind).toSorted()).toEqual(['dial-begun', 'sms-begun', 'sms-begun', 'sms-placed']);
    expect([
      await requests.isTaken(sms('sms/node-31'), 'SM1'),
      await requests.isTaken(sms('sms/node-3'), 'SM1'),
    ]).toEqual([true, false]);
  });
});
