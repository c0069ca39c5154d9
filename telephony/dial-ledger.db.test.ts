import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallEventStore } from '../db/call-events.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { createDialLedger, type DialLedger } from './dial-ledger.ts';

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
