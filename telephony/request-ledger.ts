import type { Database } from '../db/database.ts';
import type { JsonObject } from '../contracts/tools.ts';

/** A request of a call to the carrier, such as `dial` or `sms/node-3`: it must leave once, whatever dies. */
export interface RequestKey {
  tenantId: string;
  callId: string;
  name: string;
}

/** `mine`: ask now. `done`: it was asked, and this came of it. `unknown`: somebody began and nobody knows what came of it. */
export type RequestClaim = { type: 'mine' } | { type: 'done'; data: JsonObject } | { type: 'unknown'; sinceMs: number };

interface RequestRow {
  eventId: string;
  atMs: number;
  data: JsonObject;
}

/**
 * The durable record that keeps a request from being made twice, as events of its call: `<name>/<n>` begins attempt n,
 * `<name>/<n>/placed` and `<name>/<n>/released` end it. The events' key lets one writer only begin an attempt, and the whole
 * story can be read later. The events' kinds begin with the first part of the name.
 */
export function createRequestLedger(database: Database) {
  async function append(
    { tenantId, callId, name }: RequestKey,
    { attempt, end, atMs, data }: { attempt: number; end?: 'placed' | 'released'; atMs: number; data: object },
  ): Promise<boolean> {
    const kind = `${name.split('/', 1)[0]}-${end ?? 'begun'}`;
    const eventId = `${name}/${attempt}${end === undefined ? '' : `/${end}`}`;
    const params = [tenantId, callId, eventId, kind, atMs, JSON.stringify(data)];
    const written = await database.forTenant(tenantId).run((em) => em.execute<object[]>(appendSql, params));
    return written.length > 0;
  }

  async function latest({ tenantId, callId, name }: RequestKey): Promise<Attempt> {
    const known = await database
      .forTenant(tenantId)
      .run((em) => em.execute<RequestRow[]>(readSql, [tenantId, callId, `${name}/%`]));
    const attempt = Math.max(0, ...known.map(({ eventId }) => Number(eventId.slice(name.length + 1).split('/')[0])));
    const end = known.find(({ eventId }) => eventId.startsWith(`${name}/${attempt}/`));
    const begun = known.find(({ eventId }) => eventId === `${name}/${attempt}`);
    return { attempt, begun, placed: end?.eventId.endsWith('/placed') ? end : undefined, isOver: end !== undefined };
  }

  return {
    /** At most one caller ever gets `mine`, until it is released. */
    claim: async (key: RequestKey, atMs: number): Promise<RequestClaim> => {
      const { attempt, begun, placed, isOver } = await latest(key);
      if (placed) return { type: 'done', data: placed.data };
      if (begun && !isOver) return { type: 'unknown', sinceMs: begun.atMs };
      const mine = await append(key, { attempt: attempt + 1, atMs, data: {} });
      return mine ? { type: 'mine' } : { type: 'unknown', sinceMs: atMs };
    },

    placed: async (key: RequestKey, data: JsonObject, atMs: number): Promise<void> => {
      const { attempt } = await latest(key);
      await append(key, { attempt, end: 'placed', atMs, data });
    },

    /** The carrier certainly did nothing: the next one may ask. */
    release: async (key: RequestKey, atMs: number): Promise<void> => {
      const { attempt } = await latest(key);
      await append(key, { attempt, end: 'released', atMs, data: {} });
    },

    /** Whether somebody has asked the carrier, and it has not certainly refused. */
    isUnderWay: async (key: RequestKey): Promise<boolean> => {
      const { begun, placed, isOver } = await latest(key);
      return begun !== undefined && (!isOver || placed !== undefined);
    },

    /** Whether a message at the carrier came of another request of ours. */
    isTaken: async ({ tenantId, callId, name }: RequestKey, messageId: string): Promise<boolean> => {
      const params = [tenantId, messageId, callId, `${name}/%`];
      const found = await database.forTenant(tenantId).run((em) => em.execute<object[]>(takenSql, params));
      return found.length > 0;
    },
  };
}

interface Attempt {
  attempt: number;
  begun: RequestRow | undefined;
  placed: RequestRow | undefined;
  isOver: boolean;
}

const readSql = `select event_id as "eventId", round(extract(epoch from at) * 1000)::float8 as "atMs", data
  from call_events where tenant_id = ? and call_id = ? and event_id like ?`;

const appendSql = `insert into call_events (tenant_id, call_id, event_id, kind, at, data)
  values (?, ?, ?, ?, to_timestamp(?::float8 / 1000), ?::jsonb) on conflict do nothing returning 1 as done`;

const takenSql = `select 1 as found from call_events where tenant_id = ? and kind = 'sms-placed' and data ->> 'messageId' = ?
  and not (call_id = ? and event_id like ?) limit 1`;
