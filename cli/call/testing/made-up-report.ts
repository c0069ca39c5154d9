import type { CallReport } from '../call-report.ts';

/** A call in which nothing was wrong. */
export const madeUpReport: CallReport = {
  ok: true,
  callId: 'CA1',
  workflowId: 't/demo/call/CA1',
  outcome: 'ended',
  durationMs: 21_500,
  turns: [],
  turnLatencyMs: { p50: 700, p95: 900 },
  bargeInMs: null,
  longestSilenceMs: 740,
  toolCalls: [],
  historyEvents: 60,
  cost: { currency: 'USD', totalMillionths: 0, perMinuteMillionths: 0 },
  faults: [],
};
