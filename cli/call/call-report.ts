import { longestAnswerSilenceMs } from './answer-silence.ts';
import { median, percentile } from './percentile.ts';
import { type FlowExpectations, flowFaults } from './flow-faults.ts';
import type { NetworkRecord } from './network-client.ts';
import { bargeInMs, type PhraseExpectations, phraseFaults } from './phrase-faults.ts';
import type { StoredCall } from './stored-call.ts';
import { type TranscriptExpectations, transcriptFaults } from './transcript-faults.ts';

/** What `npm run call -- --json` prints as its last line. Times are milliseconds on the call's clock. */
export interface CallReport {
  ok: boolean;
  callId: string;
  workflowId: string;
  /** As the product keeps it; absent where it keeps none. */
  outcome?: string;
  durationMs: number;
  turns: { speaker: string; startMs: number; endMs: number; text: string; heardText: string }[];
  turnLatencyMs: { p50: number; p95: number };
  /** Caller's first sound to the last sound of the assistant that was heard; null where nobody interrupted. */
  bargeInMs: number | null;
  /** The longest that the caller heard nothing while it was the assistant's turn. */
  longestSilenceMs: number;
  toolCalls: { name: string; status: string; latencyMs: number }[];
  historyEvents: number;
  cost: { currency: string; totalMillionths: number; perMinuteMillionths: number };
  faults: string[];
}

export interface Expectations extends FlowExpectations, PhraseExpectations, TranscriptExpectations {
  /** Exactly these calls, each as often as it stands here. */
  toolCalls?: readonly string[];
  maxHistoryEvents?: number;
  /** How the product keeps that the call ended. */
  outcome?: string;
  /** Why a call that the product placed has failed, as it keeps it. */
  failure?: string;
  /** How the network says that it ended; `completed` unless said. */
  carrierStatus?: string;
  /** How often the network was asked for the call, where the product placed it. */
  dialled?: number;
  /** Alerts that the scenario itself provokes. */
  alerts?: readonly number[];
  /** How long the caller may hear nothing while it is the assistant's turn; 4 s unless said. */
  maxSilenceMs?: number;
}

const mostSilenceMs = 4000;

/** Puts together what the network, Postgres and Temporal know of a call, and says what is wrong with it, `leaks` included. */
export function reportCall(
  record: NetworkRecord,
  stored: StoredCall,
  expected: Expectations,
  leaks: readonly string[] = [],
): CallReport {
  const offsetMs = record.zeroEpochMs - stored.admittedAtMs;
  const durationMs = Math.round(record.endedAtMs ?? 0);
  const latencies = stored.turns.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  const faults = [
    ...networkFaults(record, expected),
    ...transcriptFaults(record, stored.turns, offsetMs, expected),
    ...silenceFaults(record, expected.maxSilenceMs ?? mostSilenceMs),
    ...endFaults(stored, expected),
    ...phraseFaults(record, expected),
    ...flowFaults(record, stored, expected),
    ...leaks,
  ];
  const total = stored.costs[0] ?? { currency: 'USD', totalMillionths: 0 };
  return {
    ok: faults.length === 0,
    callId: stored.callId,
    workflowId: stored.workflowId,
    ...(stored.outcome === undefined ? {} : { outcome: stored.outcome }),
    durationMs,
    turns: stored.turns.map(({ speaker, startMs, endMs, text, heardText }) => ({
      speaker,
      startMs,
      endMs,
      text,
      heardText,
    })),
    turnLatencyMs: { p50: median(latencies), p95: percentile(latencies, 95) },
    bargeInMs: bargeInMs(record),
    longestSilenceMs: longestAnswerSilenceMs(record),
    toolCalls: [...stored.toolCalls],
    historyEvents: stored.historyEvents,
    cost: {
      ...total,
      perMinuteMillionths: durationMs === 0 ? 0 : Math.round((total.totalMillionths * 60_000) / durationMs),
    },
    faults,
  };
}

function networkFaults(
  { status, timeline, alerts, violations, faults }: NetworkRecord,
  { alerts: expectedAlerts = [], carrierStatus = 'completed', dialled }: Expectations,
): string[] {
  const dials = carrierStatus === 'never-dialled' ? 0 : 1;
  return [
    ...(status === carrierStatus ? [] : [`the call ended as ${status}`]),
    ...(dialled === undefined || dialled === dials ? [] : [`the network was asked ${dialled} times to dial`]),
    ...alerts
      .filter(({ code }) => !expectedAlerts.includes(code))
      .map(({ code, message }) => `carrier alert ${code}: ${message}`),
    // Closed by the network itself, since we never did.
    ...timeline
      .filter(({ kind, code }) => kind === 'second-socket-closed' && code === 0)
      .map(() => 'a second stream of the call was let be'),
    ...violations.map(({ code, message }) => `media stream violation ${code}: ${message}`),
    ...faults.map((fault) => `caller: ${typeof fault === 'string' ? fault : JSON.stringify(fault)}`),
  ];
}

function silenceFaults(record: NetworkRecord, maxSilenceMs: number): string[] {
  const silenceMs = longestAnswerSilenceMs(record);
  return silenceMs <= maxSilenceMs ? [] : [`the caller waited ${silenceMs} ms and heard nothing`];
}

/** The end of the call as the product keeps it, and what it took. */
function endFaults(stored: StoredCall, expected: Expectations): string[] {
  const faults = toolFaults(stored.toolCalls, expected.toolCalls);
  if (expected.outcome !== undefined && stored.outcome !== expected.outcome)
    faults.push(`the outcome is ${stored.outcome}, not ${expected.outcome}`);
  if (expected.failure !== stored.failure)
    faults.push(`the kept reason is ${stored.failure ?? 'none'}, not ${expected.failure ?? 'none'}`);
  if (expected.maxHistoryEvents !== undefined && stored.historyEvents > expected.maxHistoryEvents) {
    faults.push(`${stored.historyEvents} history events, more than ${expected.maxHistoryEvents}`);
  }
  if (stored.outcome === 'adopted' && expected.outcome !== 'adopted')
    faults.push("the call was answered from its number's degraded plan and adopted afterwards");
  if (stored.workflowStatus === undefined)
    faults.push('no workflow leads the call: it was refused, or answered from a degraded plan and never adopted');
  else if (stored.workflowStatus !== 'COMPLETED') faults.push(`the workflow is ${stored.workflowStatus}`);
  return faults;
}

function toolFaults(calls: StoredCall['toolCalls'], expected: readonly string[] = []): string[] {
  return [...new Set(expected)].flatMap((name) => {
    const wanted = expected.filter((one) => one === name).length;
    const called = calls.filter((call) => call.name === name).length;
    if (called === 0) return [`the tool ${name} was not called`];
    return called === wanted ? [] : [`the tool ${name} was called ${called} times, not ${wanted}`];
  });
}
