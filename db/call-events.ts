import type { Json } from '../contracts/tools.ts';
import type { CallKey } from './call-sessions.ts';
import type { Database } from './database.ts';
import { asMs, fromMs, toJsonb } from './sql-values.ts';

export interface CallEvent {
  /** Names the event within its call: a second write of it changes nothing. */
  eventId: string;
  /** Kebab-case, such as `number-unknown`; what operators search by. */
  kind: string;
  /** Milliseconds since 1970. */
  atMs: number;
  data: Json;
}

export type CallEventStore = ReturnType<typeof createCallEventStore>;

/** What happened in each call, to be looked up later. Append only. */
export function createCallEventStore(database: Database) {
  return {
    appendEvent: async ({ tenantId, callId, ...event }: CallKey & CallEvent): Promise<void> => {
      const sql = `insert into call_events (tenant_id, call_id, event_id, kind, at, data)
        values (?, ?, ?, ?, ${fromMs}, ?::jsonb) on conflict do nothing`;
      const params = [tenantId, callId, event.eventId, event.kind, event.atMs, toJsonb(event.data)];
      await database.forTenant(tenantId).execute(sql, params);
    },

    readEvents: ({ tenantId, callId }: CallKey): Promise<CallEvent[]> =>
      database.forTenant(tenantId).execute<CallEvent>(
        `select event_id as "eventId", kind, ${asMs('at')} as "atMs", data from call_events
             where tenant_id = ? and call_id = ? order by at, event_id`,
        [tenantId, callId],
      ),

    /** The tenant's latest events of one kind, newest first. */
    latestOfKind: ({
      tenantId,
      kind,
      limit = 100,
    }: {
      tenantId: string;
      kind: string;
      limit?: number;
    }): Promise<(CallEvent & { callId: string })[]> =>
      database.forTenant(tenantId).execute<CallEvent & { callId: string }>(
        `select call_id as "callId", event_id as "eventId", kind, ${asMs('at')} as "atMs", data from call_events
             where tenant_id = ? and kind = ? order by at desc limit ?`,
        [tenantId, kind, limit],
      ),
  };
}
