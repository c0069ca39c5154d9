import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { Decision } from '../contracts/flow/state.ts';
import type { CallKey } from './call-sessions.ts';
import type { Database } from './database.ts';
import { asMs, fromMs } from './sql-values.ts';

/** What a call went through, as a replay or a scenario needs it. Absent: what the call's row does not have. */
export interface CallLedger extends CallKey {
  direction: 'inbound' | 'outbound';
  /** Personal data: the numbers on either side. */
  from?: string;
  to?: string;
  language?: string;
  flowId?: string;
  flowVersion?: number;
  admittedAtMs?: number;
  endReason?: string;
  /** In order. */
  decisions: readonly Decision[];
  /** The version as the call met it, with its calendars and tools of then; absent of versions that are older than compiling. */
  flow?: CompiledFlow;
}

export interface CallsWanted {
  tenantId: string;
  fromMs: number;
  untilMs: number;
  /** Calls of this flow alone. */
  flowId?: string;
}

export type CallLedgerStore = ReturnType<typeof createCallLedgerStore>;

export function createCallLedgerStore(database: Database) {
  return {
    readLedger: async ({ tenantId, callId }: CallKey): Promise<CallLedger | undefined> => {
      const [row] = await database.forTenant(tenantId).execute<{ ledger: CallLedger }>(ledgerSql, [tenantId, callId]);
      return row?.ledger;
    },

    /** A published version, compiled where it is not older than compiling. */
    readVersion: async (
      tenantId: string,
      flowId: string,
      version: number,
    ): Promise<{ document: FlowDocument; flow?: CompiledFlow } | undefined> => {
      const [row] = await database
        .forTenant(tenantId)
        .execute<{ document: FlowDocument; flow: CompiledFlow | null }>(
          'select document, compiled as flow from flow_versions where tenant_id = ? and flow_id = ? and version = ?',
          [tenantId, flowId, version],
        );
      return row && { document: row.document, ...(row.flow && { flow: row.flow }) };
    },

    /** Ids of the calls that were admitted in a time and are over, the earliest first. */
    callsBetween: async ({ tenantId, fromMs: from, untilMs, flowId }: CallsWanted): Promise<string[]> => {
      const rows = await database.forTenant(tenantId).execute<{ callId: string }>(
        `select call_id as "callId" from call_sessions
             where tenant_id = ? and admitted_at >= ${fromMs} and admitted_at < ${fromMs} and ended_at is not null
               and (?::text is null or flow_id = ?)
             order by admitted_at, call_id`,
        [tenantId, from, untilMs, flowId ?? null, flowId ?? null],
      );
      return rows.map(({ callId }) => callId);
    },
  };
}

const ledgerSql = `select jsonb_strip_nulls(jsonb_build_object(
      'tenantId', s.tenant_id, 'callId', s.call_id, 'direction', s.direction, 'from', s.from_number, 'to', s.to_number,
      'language', s.language, 'flowId', s.flow_id, 'flowVersion', s.flow_version, 'admittedAtMs', ${asMs('s.admitted_at')},
      'endReason', s.end_reason))
    || jsonb_build_object('decisions', (
      select coalesce(jsonb_agg(e.data || jsonb_build_object('atMs', ${asMs('e.at')}) order by e.event_id), '[]')
        from call_events e where e.tenant_id = s.tenant_id and e.call_id = s.call_id and e.kind = 'decision'))
    || case when v.compiled is null then '{}' else jsonb_build_object('flow', v.compiled) end as ledger
  from call_sessions s
  left join flow_versions v on v.tenant_id = s.tenant_id and v.flow_id = s.flow_id and v.version = s.flow_version
  where s.tenant_id = ? and s.call_id = ?`;
