import type { Database } from '../db/database.ts';

/** Which call is dialled; `idempotencyKey` is already part of the call's id. */
export interface DialKey {
  tenantId: string;
  callId: string;
}

/** `mine`: dial now. `placed`: it was dialled. `unknown`: somebody began and nobody knows what came of it. */
export type DialClaim =
  | { type: 'mine' }
  | { type: 'placed'; carrierCallId: string }
  | { type: 'unknown'; sinceMs: number };

/** The durable record that keeps a call from being dialled twice. */
export interface DialLedger {
  /** At most one caller ever gets `mine`, until it is released. */
  claim(key: DialKey, atMs: number): Promise<DialClaim>;
  placed(key: DialKey, carrierCallId: string, atMs: number): Promise<void>;
  /** The carrier certainly did not dial: the next one may. */
  release(key: DialKey, atMs: number): Promise<void>;
  /** Whether somebody has asked the carrier to dial, and it has not certainly refused. */
  isUnderWay(key: DialKey): Promise<boolean>;
  /** Whether a call at the carrier belongs to another call of ours. */
  isTaken(key: DialKey, carrierCallId: string): Promise<boolean>;
}

interface DialRow {
  eventId: string;
  atMs: number;
  carrierCallId: string | null;
}

/**
 * The ledger as events of the call: `dial/<n>` begins attempt n, `dial/<n>/placed` and `dial/<n>/released` end it. The
 * events' key lets one writer only begin an attempt, and the whole story can be read later.
 */
export function createDialLedger(database: Database): DialLedger {
  async function rows({ tenantId, callId }: DialKey): Promise<DialRow[]> {
    return database.forTenant(tenantId).run((em) => em.execute<DialRow[]>(readSql, [tenantId, callId]));
  }
  async function append(
    { tenantId, callId }: DialKey,
    eventId: string,
    kind: string,
    atMs: number,
    data: object,
  ): Promise<boolean> {
    const params = [tenantId, callId, eventId, kind, atMs, JSON.stringify(data)];
    const written = await database.forTenant(tenantId).run((em) => em.execute<object[]>(appendSql, params));
    return written.length > 0;
  }
  async function latest(key: DialKey): Promise<{ attempt: number; end?: DialRow; begun?: DialRow }> {
    const known = await rows(key);
    const attempt = Math.max(0, ...known.map(({ eventId }) => Number(eventId.split('/')[1])));
    const end = known.find(({ eventId }) => eventId.startsWith(`dial/${attempt}/`));
    const begun = known.find(({ eventId }) => eventId === `dial/${attempt}`);
    return { attempt, ...(end ? { end } : {}), ...(begun ? { begun } : {}) };
  }

  return {
    claim: async (key, atMs) => {
      const { attempt, end, begun } = await latest(key);
      if (end?.carrierCallId) return { type: 'placed', carrierCallId: end.carrierCallId };
      if (begun && !end) return { type: 'unknown', sinceMs: begun.atMs };
      const mine = await append(key, `dial/${attempt + 1}`, 'dial-begun', atMs, {});
      return mine ? { type: 'mine' } : { type: 'unknown', sinceMs: atMs };
    },
    placed: async (key, carrierCallId, atMs) => {
      const { attempt } = await latest(key);
      await append(key, `dial/${attempt}/placed`, 'dial-placed', atMs, { carrierCallId });
    },
    release: async (key, atMs) => {
      const { attempt } = await latest(key);
      await append(key, `dial/${attempt}/released`, 'dial-released', atMs, {});
    },
    isUnderWay: async (key) => {
      const { begun, end } = await latest(key);
      return begun !== undefined && (!end || end.carrierCallId !== null);
    },
    isTaken: async ({ tenantId, callId }, carrierCallId) => {
      const found = await database
        .forTenant(tenantId)
        .run((em) => em.execute<object[]>(takenSql, [tenantId, callId, carrierCallId, carrierCallId, callId]));
      return found.length > 0;
    },
  };
}

const readSql = `select event_id as "eventId", round(extract(epoch from at) * 1000)::float8 as "atMs", data ->> 'carrierCallId' as "carrierCallId"
  from call_events where tenant_id = ? and call_id = ? and event_id like 'dial/%'`;

const appendSql = `insert into call_events (tenant_id, call_id, event_id, kind, at, data)
  values (?, ?, ?, ?, to_timestamp(?::float8 / 1000), ?::jsonb) on conflict do nothing returning 1 as done`;

const takenSql = `select 1 as found where exists (
  select from call_events where tenant_id = ? and call_id <> ? and kind = 'dial-placed' and data ->> 'carrierCallId' = ?)
  or exists (select from call_sessions where carrier_call_id = ? and call_id <> ?)`;
