import type { JsonObject, ToolResult } from '../contracts/tools.ts';
import type { CallKey } from './call-sessions.ts';
import type { Database } from './database.ts';
import { asMs, fromMs, toJsonb } from './sql-values.ts';

export interface ToolLog {
  functionCallId: string;
  toolId: string;
  name: string;
  epoch: number;
  /** As the model gave them. */
  parameters: JsonObject;
  /** With status, attempts and latency. */
  result: ToolResult;
  /** Milliseconds since 1970. */
  startedAtMs: number;
}

export interface ToolCallKey extends CallKey {
  functionCallId: string;
}

export type ToolLogStore = ReturnType<typeof createToolLogStore>;

/** Every tool call of every call. */
export function createToolLogStore(database: Database) {
  return {
    /** Repeatable: the last write of a tool call stands. */
    writeToolLog: async (entry: CallKey & ToolLog): Promise<void> => {
      await database.forTenant(entry.tenantId).execute(`${insertSql} ${replaceSql}`, paramsOf(entry));
    },

    /** Which of these tool calls have no log. */
    findUnlogged: (tenantId: string, keys: readonly ToolCallKey[]): Promise<ToolCallKey[]> =>
      database.forTenant(tenantId).execute<ToolCallKey>(unloggedSql, [toJsonb(keys), tenantId]),

    /** One that has been written meanwhile stands. */
    addToolLog: async (entry: CallKey & ToolLog): Promise<void> => {
      const sql = `${insertSql} on conflict do nothing`;
      await database.forTenant(entry.tenantId).execute(sql, paramsOf(entry));
    },

    /** In the order in which they began. */
    readToolLogs: ({ tenantId, callId }: CallKey): Promise<ToolLog[]> =>
      database.forTenant(tenantId).execute<ToolLog>(
        `select function_call_id as "functionCallId", tool_id as "toolId", name, epoch, parameters, result,
               ${asMs('started_at')} as "startedAtMs"
             from tool_logs where tenant_id = ? and call_id = ? order by started_at, function_call_id`,
        [tenantId, callId],
      ),
  };
}

function paramsOf({ tenantId, callId, ...log }: CallKey & ToolLog): unknown[] {
  const { status, attempts, latencyMs } = log.result;
  return [
    tenantId,
    callId,
    log.functionCallId,
    log.toolId,
    log.name,
    log.epoch,
    toJsonb(log.parameters),
    toJsonb(log.result),
    status,
    attempts,
    Math.round(latencyMs),
    log.startedAtMs,
  ];
}

const unloggedSql = `select k."tenantId", k."callId", k."functionCallId"
  from jsonb_to_recordset(?::jsonb) as k("tenantId" text, "callId" text, "functionCallId" text)
  where k."tenantId" = ? and not exists (select 1 from tool_logs t
    where t.tenant_id = k."tenantId" and t.call_id = k."callId" and t.function_call_id = k."functionCallId")`;

const insertSql = `insert into tool_logs (tenant_id, call_id, function_call_id, tool_id, name, epoch, parameters, result, status,
    attempts, latency_ms, started_at)
  values (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ${fromMs})`;

const replaceSql = `on conflict (tenant_id, call_id, function_call_id) do update set
    parameters = excluded.parameters, result = excluded.result, status = excluded.status, attempts = excluded.attempts,
    latency_ms = excluded.latency_ms`;
