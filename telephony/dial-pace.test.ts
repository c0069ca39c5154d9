import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DialQueue } from '../contracts/dial-queue.ts';
import type { DialAccountStore } from '../db/dial-accounts.ts';
import { createDialPace, DialLater, type DialPace } from './dial-pace.ts';

/** Rows in memory, by the test's clock. */
function madeUpAccounts() {
  const rows = new Map<string, DialQueue>();
  const changeQueue: DialAccountStore['changeQueue'] = async (accountId, empty, change) => {
    const [queue, result] = change(rows.get(accountId) ?? empty, Date.now());
    rows.set(accountId, queue);
    return result;
  };
  return { rows, changeQueue };
}

let accounts: ReturnType<typeof madeUpAccounts>;
let pace: DialPace;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
  accounts = madeUpAccounts();
  pace = createDialPace({
    perSecond: 2,
    accounts,
    nowMs: Date.now,
    pause: async (ms) => vi.setSystemTime(Date.now() + ms),
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const ask = (callId: string, tenantId = 'acme', accountId = 'AC1') =>
  pace.turn(accountId, { tenantId, callId }).catch((failure: unknown) => {
    if (failure instanceof DialLater) return { afterMs: failure.afterMs };
    throw failure;
  });

describe('the pace of an account', () => {
  it('gives one turn, good for a moment, and tells the others when to come', async () => {
    expect(await ask('c1')).toEqual({ untilMs: 1_000_050 });
    expect([await ask('c2'), await ask('c3')]).toEqual([{ afterMs: 500 }, { afterMs: 1_050 }]);
    vi.setSystemTime(1_000_500);
    expect(await ask('c2')).toMatchObject({ untilMs: 1_000_550 });
  });

  it('is the account’s own', async () => {
    await ask('c1');
    expect(await ask('c1', 'acme', 'AC2')).toHaveProperty('untilMs');
  });

  it('waits for a turn that is near', async () => {
    await ask('c1');
    vi.setSystemTime(1_000_450);
    expect(await ask('c2')).toMatchObject({ untilMs: 1_000_550 });
  });

  it('stands still where the carrier is asked too often', async () => {
    expect([await pace.tooOften('AC1'), await ask('c1')]).toEqual([1_000, { afterMs: 1_000 }]);
  });

  it('keeps no name of anybody', async () => {
    await ask('out-1', 'acme');
    await ask('out-2', 'other');
    const kept = JSON.stringify([...accounts.rows.values()]);
    expect(kept).toContain('dueAtMs');
    expect(kept).not.toMatch(/acme|other|out-/);
  });
});
