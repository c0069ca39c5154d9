import { longestAnswerSilenceMs } from './answer-silence.ts';
import { isCovered, type Span } from './coverage.ts';
import { median, percentile } from './percentile.ts';
import { type FlowExpectations, flowFaults } from './flow-faults.ts';
import type { HeardUtterance, NetworkRecord } from './network-client.ts';
import type { StoredCall } from './stored-call.ts';
import { wordDifference, wordsOf } from './word-difference.ts';

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

export interface Expectations extends FlowExpectations {
  /** Exactly these calls, each as often as it stands here. */
  toolCalls?: readonly string[];
  /** Phrases that must be heard only in part. */
  heardInPart?: readonly string[];
  /** Phrases of which no word may be heard. */
  notHeard?: readonly string[];
  /** How long the assistant may be heard after the caller has begun to speak over it; not looked at unless said. */
  maxBargeInMs?: number;
  /** Phrases whose last word must be heard. */
  heardInFull?: readonly string[];
  /** Phrases that the caller's turns must hold, each in the turn in which it was said. */
  understood?: readonly string[];
  maxHistoryEvents?: number;
  /** How the product keeps that the call ended. */
  outcome?: string;
  /** Why a call that the product placed has failed, as it keeps it. */
  failure?: string;
  /** How the network says that it ended; `completed` unless said. */
  carrierStatus?: string;
  /** How often the network was asked for the call, where the product placed it. */
  dialled?: number;
  /** Phrases that must be heard to their end. */
  heard?: readonly string[];
  /** Alerts that the scenario itself provokes. */
  alerts?: readonly number[];
  /** How many words may lie between what was stored as heard and what was; 1 unless a process dies in mid-sentence. */
  heardTolerance?: number;
  /** How long the caller may hear nothing while it is the assistant's turn; 4 s unless said. */
  maxSilenceMs?: number;
  /** Whether all that was said and heard must be in a stored turn, but for what a death cut off. */
  completeTranscript?: boolean;
  /** How many of the assistant's turns may be stored without words, although they were heard; none unless said. */
  textsMissing?: number;
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
    ...heardFaults(heardOfAssistants(record), stored.turns, offsetMs, expected),
    ...(expected.completeTranscript ? transcriptFaults(record, stored.turns, offsetMs) : []),
    ...silenceFaults(record, expected.maxSilenceMs ?? mostSilenceMs),
    ...expectationFaults(record, stored, offsetMs, expected),
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

/** What came through a stream: what the network spoke itself for the flow, and people it put through, are no assistants. */
function heardOfAssistants({ heardTranscript, timeline }: NetworkRecord): HeardUtterance[] {
  const said = timeline.filter(({ kind }) => kind === 'say');
  const isSaid = ({ startMs }: HeardUtterance): boolean =>
    said.some((one) => startMs >= Number(one['startMs']) - 100 && startMs < Number(one['endMs']));
  const isStreamed = ({ startMs }: HeardUtterance): boolean =>
    timeline.findLast(({ kind, atMs }) => /^stream-(started|stopped)$/.test(kind) && atMs <= startMs)?.kind !==
    'stream-stopped';
  return heardTranscript.filter((one) => isStreamed(one) && !isSaid(one));
}

/** Where what we stored as heard differs by more words than is tolerated from what the network's ear heard. */
function heardFaults(
  heard: readonly HeardUtterance[],
  turns: StoredCall['turns'],
  offsetMs: number,
  { heardTolerance = 1, textsMissing = 0 }: Expectations,
): string[] {
  const byTurn = new Map<StoredCall['turns'][number], string[]>();
  for (const turn of turns) if (turn.speaker === 'assistant') byTurn.set(turn, []);
  for (const utterance of heard) {
    const turn = nearestTurn(utterance, [...byTurn.keys()], offsetMs);
    if (turn) byTurn.get(turn)?.push(...utterance.heardWords.flatMap(wordsOf));
  }
  let missing = textsMissing;
  return [...byTurn].flatMap(([turn, words]) => {
    const stored = wordsOf(turn.heardText);
    if (wordDifference(stored, words) <= heardTolerance) return [];
    if (turn.textMissing && missing-- > 0) return [];
    return [`heard text differs: stored "${turn.heardText}", the caller heard "${words.join(' ')}"`];
  });
}

/** What is this close before a stream's end, or after the next one's beginning, nobody may have taken down. */
const excusedBeforeMs = 500;
const excusedAfterMs = 1000;

/** Phrases that were said or heard, and are in no stored turn of their speaker. */
function transcriptFaults(record: NetworkRecord, turns: StoredCall['turns'], offsetMs: number): string[] {
  const { said, heardTranscript, timeline } = record;
  const ends = timeline.filter(({ kind }) => kind === 'stream-stopped').map(({ atMs }) => atMs);
  const begins = timeline.filter(({ kind }) => kind === 'stream-started').map(({ atMs }) => atMs);
  const excused = (one: Span): boolean =>
    ends.some((atMs) => {
      const nextMs = begins.find((beginMs) => beginMs > atMs);
      return nextMs !== undefined && one.endMs > atMs - excusedBeforeMs && one.startMs < nextMs + excusedAfterMs;
    });
  const missing = (speaker: string, phrases: readonly (Span & { phraseId: string })[]): string[] => {
    const stored = turns
      .filter((turn) => turn.speaker === speaker)
      .map(({ startMs, endMs }) => ({ startMs: startMs - offsetMs, endMs: endMs - offsetMs }));
    return phrases
      .filter((one) => !isCovered(one, stored) && !excused(one))
      .map(({ phraseId, startMs }) => `no turn of the ${speaker} holds ${phraseId} at ${Math.round(startMs)} ms`);
  };
  const heard = heardTranscript.filter(({ heardWords }) => heardWords.length > 0);
  return [...missing('caller', said), ...missing('assistant', heard)];
}

/** The turn that the utterance overlaps most; one that the flow itself spoke belongs to none. */
function nearestTurn<T extends { startMs: number; endMs: number; text: string }>(
  utterance: HeardUtterance,
  turns: readonly T[],
  offsetMs: number,
): T | undefined {
  const overlap = (turn: T): number =>
    Math.min(turn.endMs + 500, utterance.endMs + offsetMs) - Math.max(turn.startMs - 500, utterance.startMs + offsetMs);
  const [best] = turns.filter((turn) => overlap(turn) > 0).toSorted((one, other) => overlap(other) - overlap(one));
  return best;
}

function expectationFaults(
  record: NetworkRecord,
  stored: StoredCall,
  offsetMs: number,
  expected: Expectations,
): string[] {
  const faults = [
    ...toolFaults(stored.toolCalls, expected.toolCalls),
    ...understoodFaults(record, stored.turns, offsetMs, expected.understood ?? []),
    ...bargeInFaults(record, expected.maxBargeInMs ?? Infinity),
  ];
  for (const phraseId of expected.heardInPart ?? []) {
    const heard = record.heardTranscript.find((utterance) => utterance.phraseId === phraseId);
    if (!heard) faults.push(`the caller never heard ${phraseId}`);
    else if (heard.complete) faults.push(`${phraseId} was heard to its end although the caller interrupted`);
  }
  // Of what the network speaks itself it knows how much was heard; its ear hears that behind texts of no phrase book.
  const spoken = record.timeline.filter(({ kind, cutShort }) => kind === 'say' && cutShort === false);
  for (const phraseId of expected.heard ?? [])
    if (
      !spoken.some((one) => one['phraseId'] === phraseId) &&
      !record.heardTranscript.some((utterance) => utterance.phraseId === phraseId && utterance.complete)
    )
      faults.push(`the caller did not hear ${phraseId} to its end`);
  if (expected.outcome !== undefined && stored.outcome !== expected.outcome)
    faults.push(`the outcome is ${stored.outcome}, not ${expected.outcome}`);
  if (expected.failure !== stored.failure)
    faults.push(`the kept reason is ${stored.failure ?? 'none'}, not ${expected.failure ?? 'none'}`);
  for (const phraseId of expected.heardInFull ?? []) {
    const heard = record.heardTranscript.filter((utterance) => utterance.phraseId === phraseId);
    const lastWord = heard.at(-1)?.text.split(' ').at(-1);
    if (heard.every(({ heardWords }) => heardWords.at(-1) !== lastWord))
      faults.push(`${phraseId} was not heard to its end`);
  }
  for (const phraseId of expected.notHeard ?? [])
    if (record.heardTranscript.some((one) => one.phraseId === phraseId && one.heardWords.length > 0))
      faults.push(`the caller heard ${phraseId}`);
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

/** How far the bounds of a turn may lie from those of the speech in it. */
const turnToleranceMs = 500;

function understoodFaults(
  record: NetworkRecord,
  turns: StoredCall['turns'],
  offsetMs: number,
  expected: readonly string[],
): string[] {
  return expected.flatMap((phraseId) => {
    const said = record.said.filter((utterance) => utterance.phraseId === phraseId);
    const [first] = said;
    if (!first) return [`the caller never said ${phraseId}`];
    const words = wordsOf(first.text).join(' ');
    const holders = turns.filter(
      ({ speaker, text }) => speaker === 'caller' && wordsOf(text).join(' ').includes(words),
    );
    if (holders.length === 0) return [`no turn holds what the caller said: "${first.text}"`];
    const isThere = said.some((one) =>
      holders.some(
        (turn) =>
          one.startMs + offsetMs < turn.endMs + turnToleranceMs &&
          one.endMs + offsetMs > turn.startMs - turnToleranceMs,
      ),
    );
    return isThere ? [] : [`another turn holds what the caller said: "${first.text}"`];
  });
}

function bargeInFaults(record: NetworkRecord, mostMs: number): string[] {
  const ms = bargeInMs(record);
  if (mostMs === Infinity) return [];
  if (ms === null) return ['the caller interrupted nothing'];
  return ms <= mostMs ? [] : [`the assistant was heard for ${ms} ms after the caller had begun to speak`];
}

/** The longest that the assistant was still heard after the caller began to speak over it. */
function bargeInMs({ said, heardTranscript }: NetworkRecord): number | null {
  const overruns = heardTranscript
    .filter(({ complete }) => !complete)
    .flatMap(({ startMs, endMs }) =>
      said.filter((one) => one.startMs > startMs && one.startMs < endMs).map((one) => endMs - one.startMs),
    );
  return overruns.length === 0 ? null : Math.round(Math.max(...overruns));
}
