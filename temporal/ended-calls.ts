import type { CallRecordActivities } from '../activities/call-record-activities.ts';
import type { Tracer } from '../contracts/tracing.ts';

/** The same activities; with a call's last record goes the span that stands for the call itself. */
export function traceEndedCalls(records: CallRecordActivities, tracer: Tracer | undefined): CallRecordActivities {
  if (!tracer) return records;
  return {
    ...records,
    async finishCall(input) {
      await records.finishCall(input);
      const { tenantId, callId, direction, outcome, epoch, endedAtMs, durationMs } = input;
      const times = { startMs: endedAtMs - durationMs, endMs: endedAtMs };
      tracer.callEnded({ tenantId, callId }, times, { direction, outcome, epoch });
    },
  };
}
