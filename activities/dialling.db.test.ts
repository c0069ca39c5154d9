import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../db/database.ts';
import { createDialAccountStore } from '../db/dial-accounts.ts';
import { AppError } from '../contracts/errors.ts';
import { createDialLedger, type DialLedger } from '../telephony/dial-ledger.ts';
import { createDialPace } from '../telephony/dial-pace.ts';
import { createTwilioClient } from '../telephony/twilio-client.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../test/database-fixture.ts';
import { type PhoneNetworkProcess, startPhoneNetworkProcess } from '../test/phone-network-process.ts';
import { createWaitingClock } from '../test/waiting-clock.ts';
import { createCarrierActivities, type DialInput, type DialResult } from './carrier-activities.ts';
import { createTwilioCarrier, type TwilioCarrierDeps } from './twilio-carrier.ts';

const accountId = `AC${'d'.repeat(32)}`;
const authToken = 'token-of-both';
const from = '+420222000111';
const perSecond = 10;

let db: TestDatabase;
let network: PhoneNetworkProcess;
const pools: Database[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  await addTenants(db.database);
  const numbers = [{ phoneNumber: from }];
  network = await startPhoneNetworkProcess({ hosts: {}, accounts: [{ sid: accountId, authToken, numbers }] });
}, 30_000);
afterAll(async () => {
  await network?.stop();
  await Promise.all(pools.map((pool) => pool.close()));
  await db?.close();
});
afterEach(() => network.control('DELETE', '/traps'));

/**
 * The time of all workers, and of the row from which turns are given: it goes on when whoever dials waits for it. It is
 * behind the network's, whose calls must not look older than the attempts that they come of.
 */
const clock = createWaitingClock(Date.now() - 600_000);

/** The activities of a worker process: a pool, a client and a pace of its own. What differs is what goes wrong in it. */
function startWorker({
  url = db.applicationUrl,
  dials = (real) => real,
  sessions = async () => true,
  clockAheadMs = 0,
}: {
  url?: string;
  dials?: (real: DialLedger) => DialLedger;
  sessions?: TwilioCarrierDeps['sessions']['setCarrierCall'];
  clockAheadMs?: number;
} = {}) {
  const database = openDatabase({ url, poolSize: 4 });
  pools.push(database);
  const nowMs = (): number => clock.nowMs() + clockAheadMs;
  const stored = createDialAccountStore(database);
  return createCarrierActivities(
    createTwilioCarrier({
      nowMs,
      streamKey: new Uint8Array(32),
      dials: dials(createDialLedger(database)),
      pace: createDialPace({
        perSecond,
        accounts: {
          changeQueue: (account, empty, change) =>
            stored.changeQueue(account, empty, (queue) => change(queue, clock.nowMs())),
        },
        nowMs,
        pause: clock.pause,
      }),
      numbers: { readNumbers: async () => [{ phoneNumber: from, accountId }] },
      credentials: { readSecret: async () => authToken },
      sessions: { readCall: async () => undefined, setCarrierCall: sessions },
      lookups: { callTenant: async () => undefined },
      command: async () => 'not-streaming',
      state: async () => undefined,
      connect: (account) => createTwilioClient(account, { baseUrl: network.url, timeoutMs: 1000 }),
      publicUrl: 'https://api.switchboard.test',
    }),
  );
}
type Worker = ReturnType<typeof startWorker>;

let people = 0;
/** A call to somebody whom nobody else calls. */
function newCall(tenantId = 'acme'): DialInput {
  const to = `+42077700${String(1000 + ++people)}`;
  const callId = `out-${people}`;
  const plan = { ringTimeoutS: 20, idempotencyKey: callId, machineDetection: 'off' } as const;
  return { tenantId, callId, from, to, accountId, ...plan };
}

/** What a call's workflow does: asks when it is told to, and again after a failure that is worth it; here at once. */
async function dial(worker: Worker, call: DialInput): Promise<DialResult> {
  return clock.during(async () => {
    for (let failures = 0; ;) {
      try {
        const result = await worker.dial(call);
        if (result.status !== 'later') return result;
        await clock.pause(result.afterMs);
      } catch (failure) {
        failures += 1;
        if (failures > 500) throw failure;
      }
    }
  });
}

interface Listed {
  callSid: string;
  to: string;
}
const listed = async (): Promise<Listed[]> => (await network.control<{ calls: Listed[] }>('GET', '/calls')).calls;
const dialledTo = async ({ to }: DialInput): Promise<string[]> =>
  (await listed()).filter((call) => call.to === to).map(({ callSid }) => callSid);
const placed = (callSids: readonly string[]) => ({ status: 'dialling', carrierCallId: callSids[0] });

describe('two workers with one account of two tenants', () => {
  it('dial no faster than it may, and in turns of its tenants', { timeout: 60_000 }, async () => {
    const made: { tenantId: string; atMs: number }[] = [];
    const dials = (real: DialLedger): DialLedger => ({
      ...real,
      placed: (key, carrierCallId, atMs) => {
        made.push({ tenantId: key.tenantId, atMs });
        return real.placed(key, carrierCallId, atMs);
      },
    });
    const workers = [startWorker({ dials }), startWorker({ dials })] as const;
    const calls = [
      ...Array.from({ length: 20 }, () => newCall('acme')),
      ...Array.from({ length: 4 }, () => newCall('other')),
    ];
    const results = await Promise.all(calls.map((call, i) => dial(workers[i % 2 === 0 ? 0 : 1], call)));
    expect(results.filter(({ status }) => status !== 'dialling')).toEqual([]);

    expect(made).toHaveLength(calls.length);
    const mostWithin = Math.max(
      ...made.map(({ atMs }) => made.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1000).length),
    );
    expect(mostWithin).toBeLessThanOrEqual(perSecond);
    expect(mostWithin).toBeGreaterThan(perSecond / 2);
    expect(made.findLastIndex(({ tenantId }) => tenantId === 'other')).toBeLessThan(16);
  });
});

describe('one request to dial for a key', () => {
  it('leaves where two workers race for it', async () => {
    const workers = [startWorker(), startWorker()] as const;
    for (let race = 0; race < 3; race++) {
      const call = newCall();
      const results = await Promise.all([dial(workers[0], call), dial(workers[1], call)]);
      const callSids = await dialledTo(call);
      expect(callSids).toHaveLength(1);
      expect(results).toEqual([placed(callSids), placed(callSids)]);
    }
  });

  it('leaves where it is asked for again', async () => {
    const call = newCall();
    const first = await dial(startWorker(), call);
    expect(await dial(startWorker(), call)).toEqual(first);
    expect(await dialledTo(call)).toHaveLength(1);
  });

  it.each(['rest-answer-lost', 'rest-answer-late'])('leaves where its answer is not heard: %s', async (name) => {
    const call = newCall();
    await network.control('PUT', '/traps', { name, match: 'POST', to: call.to });
    await expect(startWorker().dial(call)).rejects.toMatchObject({ type: 'carrier-unavailable', nonRetryable: false });
    const result = await dial(startWorker(), call);
    expect(result).toEqual(placed(await dialledTo(call)));
    expect(await dialledTo(call)).toHaveLength(1);
  });

  it('leaves where a worker dies between it and the record of it', async () => {
    const call = newCall();
    const dying = startWorker({ dials: (real) => ({ ...real, placed: () => Promise.reject(new Error('killed')) }) });
    await expect(dying.dial(call)).rejects.toThrow('killed');
    expect(await dial(startWorker(), call)).toEqual(placed(await dialledTo(call)));
    expect(await dialledTo(call)).toHaveLength(1);
  });

  it('never leaves where a worker dies before it: after 30 s that is a failure, and nobody is called', async () => {
    const call = newCall();
    const dying = startWorker({
      dials: (real) => ({
        ...real,
        claim: async (key, atMs) => {
          await real.claim(key, atMs);
          throw new Error('killed');
        },
      }),
    });
    await expect(dying.dial(call)).rejects.toThrow('killed');
    await expect(startWorker().dial(call)).rejects.toMatchObject({ type: 'carrier-unavailable', nonRetryable: false });
    const later = startWorker({ clockAheadMs: 31_000 });
    expect(await later.dial(call)).toEqual({ status: 'failed', failure: { reason: 'dial-unknown' } });
    expect(await dialledTo(call)).toEqual([]);
  });

  it('leaves when Postgres is back, and not before', async () => {
    const call = newCall();
    const away = startWorker({ url: 'postgresql://switchboard_app:x@127.0.0.1:1/nowhere' });
    await expect(away.dial(call)).rejects.toMatchObject({ type: 'database-unavailable', nonRetryable: false });
    expect(await dialledTo(call)).toEqual([]);
    expect(await dial(startWorker(), call)).toEqual(placed(await dialledTo(call)));
  });

  it('leaves once where Postgres goes away after it', async () => {
    const call = newCall();
    let isAway = true;
    const worker = startWorker({
      sessions: async () => {
        if (!isAway) return true;
        isAway = false;
        throw new AppError('database-unavailable', 'away');
      },
    });
    await expect(worker.dial(call)).rejects.toMatchObject({ type: 'database-unavailable', nonRetryable: false });
    expect(await worker.dial(call)).toEqual(placed(await dialledTo(call)));
    expect(await dialledTo(call)).toHaveLength(1);
  });

  it('is made again, after a pause of the account, where the carrier was asked too often', async () => {
    const call = newCall();
    await network.control('PUT', '/traps', { name: 'rest-too-many-requests', match: 'POST', to: call.to });
    const worker = startWorker();
    const refused = await untilRefused(worker, call);
    expect(refused).toMatchObject({ status: 'later', afterMs: 1000 });
    expect((await worker.dial(newCall())).status).toBe('later');
    expect(await dial(worker, call)).toEqual(placed(await dialledTo(call)));
  });
});

/** Until the carrier was asked. */
async function untilRefused(worker: Worker, call: DialInput): Promise<DialResult> {
  return clock.during(async () => {
    for (;;) {
      const result = await worker.dial(call);
      if (result.status !== 'later' || result.afterMs === 1000) return result;
      await clock.pause(result.afterMs);
    }
  });
}
