/**
 * What became of a call in one fault. What was said and heard is the simulated network's word, what was stored is the
 * database's; both are joined by speaker and time, and no process of the product is asked.
 */
import type { Turn } from '../../contracts/turns.ts';
import { isCovered, type Span, toleranceMs } from '../call/coverage.ts';
import { percentile } from '../call/percentile.ts';
import type { NetworkRecord } from '../call/network-client.ts';

export interface ChaosCall {
  record: Pick<
    NetworkRecord,
    'status' | 'ended' | 'zeroEpochMs' | 'endedAtMs' | 'timeline' | 'heard' | 'said' | 'heardTranscript'
  >;
  /** Milliseconds since 1970; undefined where the product knows no such call. */
  admittedAtMs: number | undefined;
  turns: readonly Turn[];
}

export interface FaultWindow {
  /** Milliseconds since 1970. */
  fromMs: number;
  untilMs: number;
  /** What the caller says last. */
  lastWords: string;
  /** What the assistant says after a death, and where it has not understood. */
  apology: string;
  askedAgain: string;
  /** Whether another stream may have to take a call up, and how often the caller may hear of it. */
  promise: FaultPromise;
}

export interface FaultPromise {
  mayMove: boolean;
  mostApologies: 0 | 1;
  /** Whether the gateway of a call hears nothing from the fault on, although its stream stands; otherwise it hears to the stream's end. */
  deafAtOnce?: true;
  /** Somebody hears the caller all the time, also between two streams: nothing is excused, and he is never asked to say it again. */
  alwaysHears?: true;
}

export interface CallAccount {
  dropped: boolean;
  /** Whether another stream of the carrier had to take it up. */
  moved: boolean;
  turnsExpected: number;
  turnsStored: number;
  turnsLost: number;
  /** Rows of one speaker at the same time, and those of what was neither said nor heard. */
  turnsDoubled: number;
  textsMissing: number;
  apologies: number;
  /** How often the caller was asked to say it again. */
  askedAgain: number;
  /** Whether the caller was given his number's degraded plan. */
  degraded: boolean;
  gapMs: number;
  /** Whether all is as it was promised. */
  ok: boolean;
  /** For whoever looks for the reason. */
  notes: readonly string[];
}

export interface ChaosFigures {
  /** No call dropped, degraded, moved or told more than was promised, or asked again where that was not, no turn lost or doubled, of no call more than one text missing. */
  ok: boolean;
  calls: number;
  dropped: number;
  moved: number;
  turnsExpected: number;
  turnsStored: number;
  turnsLost: number;
  turnsDoubled: number;
  textsMissing: number;
  apologies: number;
  askedAgain: number;
  degraded: number;
  gapMs: { p50: number; p95: number; max: number };
}

/** Nothing is promised for what ended so shortly before the fault. */
const excusedMs = 500;
/** From a new stream to its first turn that counts: the gateway is admitted meanwhile. */
const settlingMs = 1_000;
export const audibleRms = 40;
const pauseMs = 700;
/** A model that dies has heard at most one turn whose text it never gave. */
const mostTextsMissing = 1;
/** Spoken by the carrier from a document of ours, and no turn. */
export const announcements = /-(cannot-connect|not-in-service|recorded-notice|collect-prompt)$/;

export function accountCall({ record, admittedAtMs, turns }: ChaosCall, window: FaultWindow): CallAccount {
  const fromMs = window.fromMs - record.zeroEpochMs;
  const untilMs = window.untilMs - record.zeroEpochMs;
  const offsetMs = (admittedAtMs ?? record.zeroEpochMs) - record.zeroEpochMs;
  const stored = turns.map((turn) => ({ ...turn, startMs: turn.startMs + offsetMs, endMs: turn.endMs + offsetMs }));
  const said = record.said.map((one) => ({ ...one, speaker: 'caller' as const }));
  const heard = record.heardTranscript
    .filter(({ heardWords, phraseId }) => heardWords.length > 0 && !announcements.test(phraseId))
    .map((one) => ({ ...one, speaker: 'assistant' as const }));
  const expected = [...said, ...heard];
  const { mayMove, mostApologies, deafAtOnce = false, alwaysHears = false } = window.promise;
  const deaf = deafSpans(record.timeline, fromMs, deafAtOnce);
  const excused = (one: Span): boolean =>
    !alwaysHears &&
    deaf.some(({ startMs, endMs }) => one.endMs > startMs - excusedMs && one.startMs < endMs + settlingMs);
  const unmatched = expected.filter(
    (one) =>
      !isCovered(
        one,
        stored.filter(({ speaker }) => speaker === one.speaker),
      ),
  );
  const lost = unmatched.filter((one) => !excused(one));
  const doubled = stored.filter((turn, i) => stored.slice(0, i).some((other) => isSame(turn, other)));
  const unheardOf = stored.filter((turn) => !expected.some((one) => one.speaker === turn.speaker && touch(one, turn)));
  const silent = stored.filter(({ textMissing }) => textMissing);
  const textsMissing = silent.length;
  const dropped = record.status !== 'completed' || !record.said.some(({ phraseId }) => phraseId === window.lastWords);
  const moved = deaf.length > 0;
  const timesHeard = (phraseId: string): number => heard.filter((one) => one.phraseId === phraseId).length;
  const apologies = timesHeard(window.apology);
  const degraded = record.heardTranscript.some(({ phraseId }) => announcements.test(phraseId));
  const askedAgain = heard.filter(({ phraseId }) => phraseId === window.askedAgain);
  const notes = [
    ...(dropped ? [`ended as ${record.status} before its last words`] : []),
    ...lost.map(({ speaker, phraseId, startMs, endMs }) => `lost: ${speaker} ${phraseId} ${span(startMs, endMs)}`),
    ...doubled.map(({ speaker, startMs, endMs }) => `doubled: ${speaker} ${span(startMs, endMs)}`),
    ...unheardOf.map(({ speaker, startMs, endMs }) => `neither said nor heard: ${speaker} ${span(startMs, endMs)}`),
    ...(textsMissing > mostTextsMissing
      ? silent.map(({ speaker, startMs, endMs }) => `without text: ${speaker} ${span(startMs, endMs)}`)
      : []),
    ...(moved && !mayMove ? ['moved, although nothing that held it had died'] : []),
    ...(degraded ? ['heard the degraded plan'] : []),
    ...(alwaysHears ? askedAgain : []).map(
      ({ startMs, endMs }) => `was asked to say it again: ${span(startMs, endMs)}`,
    ),
    ...(apologies > mostApologies ? [`heard ${apologies} apologies`] : []),
  ];
  return {
    dropped,
    moved,
    turnsExpected: turnsOf(expected.filter((one) => !unmatched.includes(one) || lost.includes(one))),
    turnsStored: stored.length,
    turnsLost: turnsOf(lost),
    turnsDoubled: doubled.length + unheardOf.length,
    textsMissing,
    apologies,
    askedAgain: askedAgain.length,
    degraded,
    gapMs: longestGapMs(record, fromMs, untilMs),
    ok: notes.length === 0,
    notes,
  };
}

/** Sums up calls; the figures of several faults are those of all their calls. */
export function sumUp(accounts: readonly CallAccount[]): ChaosFigures {
  const sum = (pick: (account: CallAccount) => number): number => accounts.reduce((all, one) => all + pick(one), 0);
  const gaps = accounts.map(({ gapMs }) => gapMs);
  return {
    ok: accounts.every(({ ok }) => ok),
    calls: accounts.length,
    dropped: sum(({ dropped }) => Number(dropped)),
    moved: sum(({ moved }) => Number(moved)),
    turnsExpected: sum(({ turnsExpected }) => turnsExpected),
    turnsStored: sum(({ turnsStored }) => turnsStored),
    turnsLost: sum(({ turnsLost }) => turnsLost),
    turnsDoubled: sum(({ turnsDoubled }) => turnsDoubled),
    textsMissing: sum(({ textsMissing }) => textsMissing),
    apologies: sum(({ apologies }) => apologies),
    askedAgain: sum(({ askedAgain }) => askedAgain),
    degraded: sum(({ degraded }) => Number(degraded)),
    gapMs: { p50: percentile(gaps, 50), p95: percentile(gaps, 95), max: Math.max(0, ...gaps) },
  };
}

/** From when on nobody took down what was said, until there was a stream again, each time that a stream was taken up. */
function deafSpans(timeline: ChaosCall['record']['timeline'], fromMs: number, deafAtOnce: boolean): Span[] {
  const times = (wanted: string): number[] => timeline.filter(({ kind }) => kind === wanted).map(({ atMs }) => atMs);
  const stopped = times('stream-stopped');
  return times('stream-started')
    .filter((atMs) => atMs > fromMs)
    .map((endMs, i) => {
      const lostMs = stopped.findLast((atMs) => atMs <= endMs) ?? fromMs;
      return { startMs: deafAtOnce && i === 0 ? fromMs : Math.max(fromMs, lostMs), endMs };
    });
}

const touch = (one: Span, other: Span): boolean =>
  one.startMs < other.endMs + toleranceMs && one.endMs > other.startMs - toleranceMs;

/** Phrases that one speaker says without a pause between them are one turn. */
function turnsOf(phrases: readonly (Span & { speaker: string })[]): number {
  const sorted = phrases.toSorted((one, other) => one.startMs - other.startMs);
  return sorted.filter(({ speaker, startMs }, i) => {
    const before = sorted.slice(0, i).findLast((other) => other.speaker === speaker);
    return before === undefined || startMs - before.endMs > pauseMs;
  }).length;
}

/** Nobody says two things at once: two turns of one speaker at one time are one turn stored twice. */
function isSame(one: Turn, other: Turn): boolean {
  if (one.speaker !== other.speaker) return false;
  const shorterMs = Math.min(one.endMs - one.startMs, other.endMs - other.startMs);
  const sharedMs = Math.min(one.endMs, other.endMs) - Math.max(one.startMs, other.startMs);
  return sharedMs > toleranceMs && sharedMs > shorterMs / 2;
}

/** The longest silence while the assistant's audio was due: after the caller had spoken, in a sentence that was cut, or within one. */
function longestGapMs(record: ChaosCall['record'], fromMs: number, untilMs: number): number {
  const { said, heard, heardTranscript, endedAtMs = 0 } = record;
  const sounds = heard.filter(({ rms }) => rms >= audibleRms);
  const cut = heardTranscript.filter(({ complete }) => !complete);
  const due = [...said, ...cut].map(({ endMs }) => endMs);
  const gaps = due.map((atMs) => {
    const isSounding = sounds.some(({ startMs, endMs }) => startMs <= atMs - 50 && endMs > atMs + 200);
    const nextMs = Math.min(
      endedAtMs,
      ...[...sounds, ...said].map(({ startMs }) => startMs).filter((startMs) => startMs >= atMs - 50),
    );
    return isSounding || nextMs < fromMs || atMs > untilMs ? 0 : nextMs - atMs;
  });
  const holes = heardTranscript.flatMap((phrase) => {
    const within = sounds.filter(({ startMs, endMs }) => startMs < phrase.endMs && endMs > phrase.startMs);
    return within.slice(1).map(({ startMs }, i) => {
      const { endMs = startMs } = within[i] ?? {};
      return startMs < fromMs || endMs > untilMs ? 0 : startMs - endMs;
    });
  });
  return Math.round(Math.max(0, ...gaps, ...holes));
}

const span = (startMs: number, endMs: number): string => `${Math.round(startMs)}-${Math.round(endMs)} ms`;
