import type { Turn } from '../contracts/turns.ts';
import type { CallKey } from './call-sessions.ts';
import type { Database } from './database.ts';
import { cleanText, toJsonb } from './sql-values.ts';

export interface TurnKey {
  epoch: number;
  seq: number;
}

/** Turns of one call. */
export interface CallTurns {
  callId: string;
  turns: readonly Turn[];
}

export type TurnStore = ReturnType<typeof createTurnStore>;

/** What was said in each call. */
export function createTurnStore(database: Database) {
  return {
    /**
     * Writes turns of one call or of many in one statement; repeatable. A later write of a turn completes it: what was
     * missing is filled in, what is there is never replaced by "missing". A write of a lower revision than what is there
     * changes nothing. From an older epoch, turns that ended after a
     * newer one began are refused and returned: by then the call was somebody else's.
     */
    writeTurns: async (
      tenantId: string,
      calls: readonly CallTurns[],
    ): Promise<{ refused: (TurnKey & { callId: string })[] }> => {
      const rows = oncePerKey(calls);
      if (rows.length === 0) return { refused: [] };
      const params = [toJsonb(rows), tenantId, tenantId];
      return { refused: await database.forTenant(tenantId).execute<TurnKey & { callId: string }>(writeSql, params) };
    },

    /** In the order in which they were said. */
    readTurns: async ({ tenantId, callId }: CallKey): Promise<Turn[]> => {
      const rows = await database.forTenant(tenantId).execute<NullableTurn>(readSql, [tenantId, callId]);
      return rows.map(({ latencyMs, language, sensitive, ...turn }) => ({
        ...turn,
        ...(latencyMs === null ? {} : { latencyMs }),
        ...(language === null ? {} : { language }),
        ...(sensitive && { sensitive }),
      }));
    },
  };
}

type NullableTurn = Required<Omit<Turn, 'latencyMs' | 'language' | 'sensitive' | 'revision'>> & {
  sensitive: boolean;
  latencyMs: number | null;
  language: string | null;
};

const writeSql = `
  with input as (
    select * from jsonb_to_recordset(?::jsonb) as t("callId" text, epoch int, seq int, speaker text, "startMs" int,
      "endMs" int, text text, "textMissing" boolean, "heardText" text, interrupted boolean, "latencyMs" int, language text,
      sensitive boolean, revision int)),
  -- Locked, so that no newer epoch begins while this batch is judged.
  session as (
    select call_id, epochs_began from call_sessions
    where tenant_id = ? and call_id in (select "callId" from input)
    order by call_id for share),
  began as (
    select call_id, key::int as epoch, value::int as at_ms from session, jsonb_each(session.epochs_began)),
  refused as (
    select i."callId", i.epoch, i.seq from input i
    where exists (select from began b where b.call_id = i."callId" and b.epoch > i.epoch and i."endMs" > b.at_ms)),
  written as (
    insert into transcripts as t (tenant_id, call_id, epoch, seq, speaker, start_ms, end_ms, text, text_missing, heard_text,
      interrupted, latency_ms, language, sensitive, revision)
    select ?, i."callId", i.epoch, i.seq, i.speaker, i."startMs", i."endMs", i.text, i."textMissing", i."heardText",
      i.interrupted, i."latencyMs", i.language, coalesce(i.sensitive, false), coalesce(i.revision, 0)
    from input i
    where not exists (
      select from refused r where r."callId" = i."callId" and r.epoch = i.epoch and r.seq = i.seq)
    on conflict (tenant_id, call_id, epoch, seq) do update set
      speaker = excluded.speaker,
      start_ms = excluded.start_ms,
      end_ms = excluded.end_ms,
      text = case when excluded.text_missing and not t.text_missing then t.text else excluded.text end,
      heard_text = case when excluded.text_missing and not t.text_missing then t.heard_text else excluded.heard_text end,
      text_missing = excluded.text_missing and t.text_missing,
      interrupted = excluded.interrupted,
      latency_ms = coalesce(excluded.latency_ms, t.latency_ms),
      language = coalesce(excluded.language, t.language),
      sensitive = excluded.sensitive or t.sensitive,
      revision = excluded.revision
    where excluded.revision >= t.revision)
  select "callId", epoch, seq from refused order by "callId", epoch, seq`;

const readSql = `
  select epoch, seq, speaker, start_ms as "startMs", end_ms as "endMs", text, text_missing as "textMissing",
    heard_text as "heardText", interrupted, latency_ms as "latencyMs", language, sensitive
  from transcripts where tenant_id = ? and call_id = ? order by epoch, start_ms, seq`;

/**
 * One statement may write a row only once: of several writes of a turn the last one of the highest revision stands, unless
 * it lacks the text.
 * Sorted, so that batches with the same turns never wait for each other crosswise.
 */
function oncePerKey(calls: readonly CallTurns[]): (Turn & { callId: string })[] {
  const byKey = new Map<string, Turn & { callId: string }>();
  for (const { callId, turns } of calls) {
    for (const turn of turns) {
      const key = `${callId}/${turn.epoch}/${turn.seq}`;
      const before = byKey.get(key);
      if (before && (turn.revision ?? 0) < (before.revision ?? 0)) continue;
      const kept =
        before && turn.textMissing && !before.textMissing
          ? { text: before.text, heardText: before.heardText, textMissing: false }
          : {};
      byKey.set(key, { callId, ...asStored(turn), ...kept });
    }
  }
  return [...byKey.values()].toSorted(
    (a, b) => (a.callId < b.callId ? -1 : Number(a.callId > b.callId)) || a.epoch - b.epoch || a.seq - b.seq,
  );
}

/** Columns are whole milliseconds; the gateway's clock is finer. */
const asStored = (turn: Turn): Turn => ({
  ...turn,
  startMs: Math.round(turn.startMs),
  endMs: Math.round(turn.endMs),
  text: cleanText(turn.text),
  heardText: cleanText(turn.heardText),
  ...(turn.latencyMs === undefined ? {} : { latencyMs: Math.round(turn.latencyMs) }),
});
