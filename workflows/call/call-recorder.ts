/**
 * Writes down what a call's workflow decides, beside its answers and never before them.
 *
 * (a) The row of a call is written before it is dialled, and at its admission or adoption, whichever comes first.
 * (b) Decisions are collected, since each activity costs six events, and written at checkpoints and at the end.
 * (c) Postgres may be away for hours: what is recorded is tried again until it is there, and the end comes last.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { CallRecordActivities } from '../../activities/call-record-activities.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { decisionsRecorded } from './call-core.ts';
import type { CoreState } from './call-state.ts';

export function createCallRecorder(call: CallInput) {
  const { tenantId, callId, direction } = call;
  const activities = proxyActivities<CallRecordActivities>({
    startToCloseTimeout: '10s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  let begun = false;
  /** One after the other, so that the end is never written before the beginning. */
  let written: Promise<void> = Promise.resolve();
  const write = (job: () => Promise<void>): void => {
    written = written.then(job).catch(() => undefined);
  };

  return {
    /** Notes what a change of state means for the records. */
    record: (before: CoreState, after: CoreState): void => {
      const { admittedAtMs, phase } = after;
      if (!begun && admittedAtMs !== undefined) {
        begun = true;
        write(() =>
          activities.recordAdmission({
            ...rowOf(call, after),
            phase: phase === 'adopted' ? 'degraded' : 'admitted',
            admittedAtMs,
          }),
        );
      }
      if (phase === 'adopted' && before.phase !== 'adopted')
        write(() => activities.recordAdoption({ tenantId, callId, atMs: Date.now() }));
    },

    /** The row of a call that is about to be dialled: what the carrier answers is written into it. */
    recordDialling: (state: CoreState): Promise<void> =>
      activities.recordDialling({ ...rowOf(call, state), phase: 'new' }),

    /** Writes the decisions that are waiting; returns the state without them. */
    recordDecisions: (state: CoreState): CoreState => {
      const { decisions } = state;
      if (decisions.length === 0) return state;
      write(() => activities.recordDecisions({ tenantId, callId, decisions }));
      return decisionsRecorded(state, decisions.length);
    },

    /** The call's last record: outcome, duration, cost, and whether its transcript has gaps. */
    finish: async (state: CoreState): Promise<{ outcome: string; durationMs: number }> => {
      const {
        admittedAtMs,
        carrierEnd,
        epoch,
        lastSeq,
        streamedMs,
        decisions,
        outcome = 'unknown',
        failure,
        flow,
      } = state;
      const endedAtMs = carrierEnd?.atMs ?? Date.now();
      const durationMs = admittedAtMs === undefined ? 0 : endedAtMs - admittedAtMs;
      const billedS = carrierEnd?.durationS ?? Math.ceil(durationMs / 1_000);
      await written;
      if (!begun && !call.dial)
        await activities.recordAdmission({ ...rowOf(call, state), phase: 'new', admittedAtMs: endedAtMs });
      await activities.finishCall({
        tenantId,
        callId,
        direction,
        outcome,
        ...(failure && { failure }),
        carrierStatus: carrierEnd?.status ?? 'completed',
        endedAtMs,
        durationMs,
        billedS,
        streamedS: Math.ceil(streamedMs / 1_000),
        ...(admittedAtMs !== undefined && looksWhoAnswers(call) && { detected: true }),
        epoch,
        lastSeq,
        ...(flow.tags.length > 0 && { tags: flow.tags }),
        decisions,
      });
      return { outcome, durationMs };
    },
  };
}

function looksWhoAnswers({ dial }: CallInput): boolean {
  return dial?.machineDetection !== undefined && dial.machineDetection !== 'off';
}

/** What the row of a call holds; the flow itself is a version in the database already. */
function rowOf(
  { tenantId, callId, direction, from, to, carrier, language, flow, degradedPlan }: CallInput,
  { carrierCallId }: CoreState,
) {
  return {
    tenantId,
    callId,
    direction,
    from,
    to,
    carrierAccountId: carrier.accountId,
    carrierCallId: carrierCallId || undefined,
    language,
    flowId: flow.flowId,
    flowVersion: flow.version,
    degradedPlan,
  };
}
