import type { CallEventStore } from '../db/call-events.ts';
import type { CallKey, CallSessionStore, NewCall } from '../db/call-sessions.ts';
import type { CostStore } from '../db/cost-entries.ts';
import type { TurnStore } from '../db/turns.ts';
import type { DialFailure } from '../contracts/dial-failure.ts';
import type { Decision } from '../contracts/flow/state.ts';
import type { CarrierStatusName } from '../contracts/messages.ts';
import { detectionCost, telephonyCost } from '../contracts/pricing.ts';
import type { Json } from '../contracts/tools.ts';
import type { Turn } from '../contracts/turns.ts';
import { asActivityFailure } from './activity-failure.ts';

export interface CallRecordDeps {
  sessions: Pick<CallSessionStore, 'recordCall' | 'markAdopted' | 'endCall'>;
  events: Pick<CallEventStore, 'appendEvent'>;
  costs: Pick<CostStore, 'writeCosts'>;
  turns: Pick<TurnStore, 'readTurns'>;
}

export interface RecordedDecision extends Decision {
  /** From 1 in each call; names the row. */
  index: number;
}

export interface FinishCallInput extends CallKey {
  direction: 'inbound' | 'outbound';
  outcome: string;
  /** Why a call that we placed has failed. */
  failure?: DialFailure;
  carrierStatus: CarrierStatusName;
  /** Milliseconds since 1970. */
  endedAtMs: number;
  durationMs: number;
  /** What the carrier bills. */
  billedS: number;
  streamedS: number;
  /** Whether the carrier looked who took the call. */
  detected?: boolean;
  epoch: number;
  /** The last turn that the last epoch's gateway has told of. */
  lastSeq: number;
  /** What the flow marked the call with. */
  tags?: readonly string[];
  decisions: readonly RecordedDecision[];
}

export type CallRecordActivities = ReturnType<typeof createCallRecordActivities>;

/** What a call's workflow writes down. Each can be repeated: rows are named by what they tell. */
export function createCallRecordActivities({ sessions, events, costs, turns }: CallRecordDeps) {
  const append = (call: CallKey, eventId: string, kind: string, atMs: number, data: Json): Promise<void> =>
    events.appendEvent({ ...call, eventId, kind, atMs, data });

  async function appendDecisions(call: CallKey, decisions: readonly RecordedDecision[]): Promise<void> {
    for (const { index, atMs, ...decision } of decisions) {
      await append(call, `decision-${String(index).padStart(5, '0')}`, 'decision', atMs, { ...decision });
    }
  }

  return {
    recordDialling: (call: NewCall): Promise<void> => asActivityFailure(() => sessions.recordCall(call)),

    recordAdmission: (call: NewCall & { admittedAtMs: number }): Promise<void> =>
      asActivityFailure(async () => {
        await sessions.recordCall(call);
        const { tenantId, callId, direction, flowId, flowVersion, admittedAtMs } = call;
        await append({ tenantId, callId }, 'admitted', 'admitted', admittedAtMs, { direction, flowId, flowVersion });
      }),

    recordAdoption: ({ atMs, ...call }: CallKey & { atMs: number }): Promise<void> =>
      asActivityFailure(async () => {
        await sessions.markAdopted({ ...call, atMs });
        await append(call, 'adopted', 'adopted', atMs, {});
      }),

    recordDecisions: ({ decisions, ...call }: CallKey & { decisions: readonly RecordedDecision[] }): Promise<void> =>
      asActivityFailure(() => appendDecisions(call, decisions)),

    finishCall: ({ tenantId, callId, ...end }: FinishCallInput): Promise<void> =>
      asActivityFailure(async () => {
        const call = { tenantId, callId };
        const { outcome, failure, carrierStatus, endedAtMs, durationMs, tags = [] } = end;
        await appendDecisions(call, end.decisions);
        await costs.writeCosts({ ...call, entries: costEntries(end) });
        const missing = missingTurns(await turns.readTurns(call), end);
        if (missing.length > 0) await append(call, 'transcript-gap', 'transcript-gap', endedAtMs, { missing });
        await append(call, 'ended', 'ended', endedAtMs, {
          outcome,
          carrierStatus,
          durationMs,
          ...(failure && { failure: { ...failure } }),
          ...(tags.length > 0 && { tags }),
        });
        await sessions.endCall({ ...call, atMs: endedAtMs, reason: outcome, durationMs, tags });
      }),
  };
}

/** The carrier's leg; what the model used is written by the gateway, which counts it. */
function costEntries({
  direction,
  endedAtMs,
  billedS,
  streamedS,
  detected = false,
}: Pick<FinishCallInput, 'direction' | 'endedAtMs' | 'billedS' | 'streamedS' | 'detected'>) {
  const pricedOn = new Date(endedAtMs).toISOString().slice(0, 10);
  const leg = telephonyCost({ direction, durationS: billedS, streamedS: 0 }, pricedOn);
  const stream = telephonyCost({ direction, durationS: 0, streamedS }, pricedOn);
  const entry = (name: 'leg' | 'stream' | 'detection', quantity: number, { currency, millionths }: typeof leg) => ({
    entryId: `telephony/${name}`,
    kind: 'telephony',
    unit: name === 'detection' ? 'call' : `${name}-second`,
    quantity,
    amountMillionths: millionths,
    currency,
    pricedOn,
  });
  return [
    entry('leg', billedS, leg),
    ...(streamedS > 0 ? [entry('stream', streamedS, stream)] : []),
    ...(detected ? [entry('detection', 1, detectionCost(pricedOn))] : []),
  ];
}

/** Turns that ought to be there: numbers count from 1 in each epoch, the last epoch's up to what its gateway told. */
export function missingTurns(
  turns: readonly Pick<Turn, 'epoch' | 'seq'>[],
  { epoch, lastSeq }: { epoch: number; lastSeq: number },
): { epoch: number; seq: number }[] {
  const last = new Map<number, number>([[epoch, lastSeq]]);
  const there = new Set<string>();
  for (const turn of turns) {
    there.add(`${turn.epoch}/${turn.seq}`);
    last.set(turn.epoch, Math.max(last.get(turn.epoch) ?? 0, turn.seq));
  }
  return [...last].flatMap(([of, upTo]) =>
    Array.from({ length: upTo }, (_, i) => ({ epoch: of, seq: i + 1 })).filter(({ seq }) => !there.has(`${of}/${seq}`)),
  );
}
