import type { CallState } from '../contracts/messages.ts';
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import { AppError } from '../contracts/errors.ts';
import type { Database } from './database.ts';
import { DatabaseRefusal } from './database-failure.ts';
import type { Sealer } from './sealing.ts';
import { asMs, cleanText, fromMs, toJsonb } from './sql-values.ts';

export type CallPhase = CallState['phase'];

export interface CallKey {
  tenantId: string;
  callId: string;
}

/** What is known of a call when it is admitted, or when it had to be answered without its workflow. */
export interface NewCall extends CallKey {
  direction: 'inbound' | 'outbound';
  phase: Extract<CallPhase, 'new' | 'admitted' | 'degraded'>;
  from: string;
  to: string;
  carrierAccountId: string;
  /** Outbound: known after dialling. */
  carrierCallId?: string;
  language: string;
  flowId: string;
  flowVersion: number;
  degradedPlan: DegradedPlan;
  /** Zero of the call's clock, milliseconds since 1970; absent while an outbound call is being dialled. */
  admittedAtMs?: number;
}

/** By which a model goes on with a call's conversation, as of one epoch. */
export interface ResumptionHandle {
  callId: string;
  epoch: number;
  handle: string;
}

export interface EpochClaim extends CallKey {
  epoch: number;
  /** The carrier's id of the stream. */
  streamSid: string;
  gatewayId: string;
  /** On the call's clock: milliseconds since admission. */
  atMs: number;
}

export interface CallRecord extends CallKey {
  direction: 'inbound' | 'outbound';
  phase: CallPhase;
  from?: string;
  to?: string;
  carrierAccountId?: string;
  carrierCallId?: string;
  language?: string;
  flowId?: string;
  flowVersion?: number;
  degradedPlan?: DegradedPlan;
  admittedAtMs?: number;
  adoptedAtMs?: number;
  endedAtMs?: number;
  endReason?: string;
  durationMs?: number;
  /** What its flow marked it with. */
  tags: readonly string[];
  epoch: number;
  streamSid?: string;
  gatewayId?: string;
  /** When each epoch began, on the call's clock. */
  epochsBegan: Readonly<Record<string, number>>;
  /** How the assistant left its node, where the workflow could not be told. */
  outcome?: { epoch: number; visit?: number; outcome: string };
}

/** What a gateway needs to take a call over. */
export interface Reattachment {
  epoch: number;
  admittedAtMs?: number;
  /** The model session's last handle; absent where there was none or it can no longer be opened. */
  resumption?: { epoch: number; handle: string };
}

interface StoredHandle {
  epoch: number;
  admittedAtMs: number | null;
  sealed: string | null;
  sealedEpoch: number | null;
}

export type CallSessionStore = ReturnType<typeof createCallSessionStore>;

/** The row of each call: who holds its media, and where it stands for those who cannot ask its workflow. */
export function createCallSessionStore({ database, sealer }: { database: Database; sealer: Sealer }) {
  const one = async (key: CallKey, sql: string, params: unknown[]): Promise<boolean> => {
    const rows = await database.forTenant(key.tenantId).execute(sql, params);
    return rows.length > 0;
  };
  const sealedFor = ({ tenantId, callId }: CallKey) => ({ tenantId, record: `call_sessions/${callId}/resumption` });

  return {
    /**
     * Repeatable. Completes a row that a gateway's claim made first; never takes back what is known already. A call that
     * was answered without its workflow is `degraded` whichever of the two records it first, until it is adopted.
     */
    recordCall: async (call: NewCall): Promise<void> => {
      const { tenantId, callId, direction, phase, from, to, carrierAccountId, carrierCallId, language } = call;
      await refuseForeign(
        one(call, recordSql, [
          tenantId,
          callId,
          direction,
          phase,
          from,
          to,
          carrierAccountId,
          carrierCallId ?? null,
          language,
          call.flowId,
          call.flowVersion,
          toJsonb(call.degradedPlan),
          call.admittedAtMs ?? null,
        ]),
      );
    },

    /**
     * Takes the call's media for one stream by one conditional statement. False where a newer epoch, or another stream
     * in the same epoch, has it, or the call is another tenant's.
     */
    claimEpoch: async ({ tenantId, callId, epoch, streamSid, gatewayId, atMs }: EpochClaim): Promise<boolean> => {
      const params = [tenantId, callId, epoch, streamSid, gatewayId, String(epoch), Math.max(0, Math.round(atMs))];
      return one({ tenantId, callId }, claimSql, params).catch((failure: unknown) => {
        if (isForeign(failure)) return false;
        throw failure;
      });
    },

    /** Keeps how the assistant left its node, for whoever answers the carrier next. False from an epoch that is over. */
    storeOutcome: ({
      tenantId,
      callId,
      epoch,
      visit,
      outcome,
    }: CallKey & { epoch: number; visit?: number; outcome: string }): Promise<boolean> =>
      one(
        { tenantId, callId },
        `update call_sessions set outcome = ?, outcome_epoch = ?, outcome_visit = ?::int
         where tenant_id = ? and call_id = ? and epoch <= ? returning 1 as done`,
        [cleanText(outcome), epoch, visit ?? null, tenantId, callId, epoch],
      ),

    /**
     * Keeps a model's latest resumption handle, sealed, of one call or of many; the last one of a call counts. Returns the
     * calls whose epoch was not over. It does not wait for the disk: of every call one comes with every turn, and a machine
     * that dies loses those of its last half second, whose calls are then resumed by the one before or from their transcript.
     */
    storeResumptionHandles: async (tenantId: string, handles: readonly ResumptionHandle[]): Promise<string[]> => {
      const latest = [...new Map(handles.map((given) => [given.callId, given])).values()];
      const rows = await Promise.all(
        latest.map(async ({ callId, epoch, handle }) => {
          return { callId, epoch, sealed: await sealer.seal(handle, sealedFor({ tenantId, callId })) };
        }),
      );
      const params = [toJsonb(rows), tenantId, tenantId];
      const stored = await database.forTenant(tenantId).execute<{ callId: string }>(storeHandlesSql, params);
      return stored.map(({ callId }) => callId);
    },

    readForReattach: async ({ tenantId, callId }: CallKey): Promise<Reattachment | undefined> => {
      const [row] = await database.forTenant(tenantId).execute<StoredHandle>(
        `select epoch, ${asMs('admitted_at')} as "admittedAtMs", sealed_resumption as sealed, resumption_epoch as "sealedEpoch"
         from call_sessions where tenant_id = ? and call_id = ?`,
        [tenantId, callId],
      );
      if (!row) return undefined;
      const { epoch, admittedAtMs, sealed, sealedEpoch } = row;
      const handle =
        sealed === null ? undefined : await openedOrNothing(sealer.open(sealed, sealedFor({ tenantId, callId })));
      return {
        epoch,
        ...(admittedAtMs === null ? {} : { admittedAtMs }),
        ...(handle === undefined || sealedEpoch === null ? {} : { resumption: { epoch: sealedEpoch, handle } }),
      };
    },

    /** An ended call stays ended. */
    setPhase: ({ tenantId, callId, phase }: CallKey & { phase: Exclude<CallPhase, 'ended'> }): Promise<boolean> =>
      one(
        { tenantId, callId },
        `update call_sessions set phase = ? where tenant_id = ? and call_id = ? and ended_at is null returning 1 as done`,
        [phase, tenantId, callId],
      ),

    /** The carrier's id of an outbound call, known after dialling. */
    setCarrierCall: ({ tenantId, callId, carrierCallId }: CallKey & { carrierCallId: string }): Promise<boolean> =>
      one(
        { tenantId, callId },
        `update call_sessions set carrier_call_id = ? where tenant_id = ? and call_id = ? returning 1 as done`,
        [carrierCallId, tenantId, callId],
      ),

    /** The call has its workflow after all. `atMs`: since 1970. */
    markAdopted: ({ tenantId, callId, atMs }: CallKey & { atMs: number }): Promise<boolean> =>
      one(
        { tenantId, callId },
        `update call_sessions set adopted_at = coalesce(adopted_at, ${fromMs}),
           phase = case when ended_at is null then 'adopted' else phase end
         where tenant_id = ? and call_id = ? returning 1 as done`,
        [atMs, tenantId, callId],
      ),

    /** The first end counts; false where the call had ended before. `atMs`: since 1970. */
    endCall: ({
      tenantId,
      callId,
      atMs,
      reason,
      durationMs,
      tags = [],
    }: CallKey & { atMs: number; reason: string; durationMs?: number; tags?: readonly string[] }): Promise<boolean> =>
      one(
        { tenantId, callId },
        `update call_sessions set phase = 'ended', ended_at = ${fromMs}, end_reason = ?, duration_ms = ?::int, tags = ?::jsonb,
           sealed_resumption = null
         where tenant_id = ? and call_id = ? and ended_at is null returning 1 as done`,
        [
          atMs,
          cleanText(reason),
          durationMs === undefined ? null : Math.round(durationMs),
          toJsonb(tags),
          tenantId,
          callId,
        ],
      ),

    readCall: async ({ tenantId, callId }: CallKey): Promise<CallRecord | undefined> => {
      const [row] = await database.forTenant(tenantId).execute<{ call: CallRecord }>(readSql, [tenantId, callId]);
      return row?.call;
    },
  };
}

// Locked in the order in which turns lock them, so that neither ever waits for the other crosswise.
const storeHandlesSql = `
  with input as (
    select * from jsonb_to_recordset(?::jsonb) as t("callId" text, epoch int, sealed text)),
  locked as (
    select call_id from call_sessions where tenant_id = ? and call_id in (select "callId" from input)
    order by call_id for no key update)
  update call_sessions c set sealed_resumption = i.sealed, resumption_epoch = i.epoch
  from input i, locked l
  where c.tenant_id = ? and c.call_id = i."callId" and c.call_id = l.call_id and c.epoch = i.epoch
  returning c.call_id as "callId", set_config('synchronous_commit', 'off', true) as done`;

const recordSql = `insert into call_sessions as s (tenant_id, call_id, direction, phase, from_number, to_number, carrier_account_id,
    carrier_call_id, language, flow_id, flow_version, degraded_plan, admitted_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ${fromMs})
  on conflict (call_id) do update set
    direction = excluded.direction,
    phase = case
      when s.phase = 'new' or (s.phase = 'admitted' and excluded.phase = 'degraded' and s.adopted_at is null) then excluded.phase
      else s.phase end,
    from_number = excluded.from_number,
    to_number = excluded.to_number,
    carrier_account_id = excluded.carrier_account_id,
    carrier_call_id = coalesce(s.carrier_call_id, excluded.carrier_call_id),
    language = excluded.language,
    flow_id = excluded.flow_id,
    flow_version = excluded.flow_version,
    degraded_plan = excluded.degraded_plan,
    admitted_at = coalesce(s.admitted_at, excluded.admitted_at)
  returning 1 as done`;

const claimSql = `insert into call_sessions as s (tenant_id, call_id, epoch, stream_id, gateway_id, phase, epochs_began)
  values (?, ?, ?, ?, ?, 'streaming', jsonb_build_object(?::text, ?::int))
  on conflict (call_id) do update set
    epoch = excluded.epoch,
    stream_id = excluded.stream_id,
    gateway_id = excluded.gateway_id,
    epochs_began = case when s.epoch < excluded.epoch then s.epochs_began || excluded.epochs_began else s.epochs_began end
  where s.epoch < excluded.epoch or (s.epoch = excluded.epoch and s.stream_id = excluded.stream_id)
  returning 1 as done`;

const readSql = `select jsonb_strip_nulls(jsonb_build_object(
    'tenantId', tenant_id, 'callId', call_id, 'direction', direction, 'phase', phase, 'from', from_number, 'to', to_number,
    'carrierAccountId', carrier_account_id, 'carrierCallId', carrier_call_id, 'language', language, 'flowId', flow_id,
    'flowVersion', flow_version, 'degradedPlan', degraded_plan, 'admittedAtMs', ${asMs('admitted_at')},
    'adoptedAtMs', ${asMs('adopted_at')}, 'endedAtMs', ${asMs('ended_at')}, 'endReason', end_reason, 'durationMs', duration_ms, 'tags', tags,
    'epoch', epoch, 'streamSid', stream_id, 'gatewayId', gateway_id, 'epochsBegan', epochs_began,
    'outcome', case when outcome is not null then jsonb_build_object('epoch', outcome_epoch, 'visit', outcome_visit, 'outcome', outcome) end)) as call
  from call_sessions where tenant_id = ? and call_id = ?`;

/** A call's id is unique across tenants; a write that meets the row of another tenant is refused by its policy. */
const isForeign = (failure: unknown): boolean => failure instanceof DatabaseRefusal && failure.byPolicy;

async function refuseForeign(written: Promise<unknown>): Promise<void> {
  await written.catch((cause: unknown) => {
    if (isForeign(cause)) throw new AppError('call-unknown', 'the call belongs to another tenant', { cause });
    throw cause;
  });
}

/** A handle that cannot be opened any more is as good as none: the conversation is seeded from its transcript instead. */
async function openedOrNothing(opening: Promise<string>): Promise<string | undefined> {
  return opening.catch((failure: unknown) => {
    if (failure instanceof AppError && failure.code === 'secret-unreadable') return undefined;
    throw failure;
  });
}
