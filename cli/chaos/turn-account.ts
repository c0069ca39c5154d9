/** The turns of a call: what was said and heard, by the simulated network, against what is stored, by the database. */
import type { Turn } from '../../contracts/turns.ts';
import { isCovered, type Span, toleranceMs } from '../call/coverage.ts';
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

export interface FaultPromise {
  mayMove: boolean;
  mostApologies: 0 | 1;
  /** Whether the gateway of a call hears nothing from the fault on, although its stream stands; otherwise it hears to the stream's end. */
  deafAtOnce?: true;
  /** Somebody hears the caller all the time, also between two streams: nothing is excused, and he is never asked to say it again. */
  alwaysHears?: true;
}

export interface TurnFigures {
  turnsExpected: number;
  turnsStored: number;
  turnsLost: number;
  /** Rows of one speaker at the same time, and those of what was neither said nor heard. */
  turnsDoubled: number;
  textsMissing: number;
}

export interface TurnAccount extends TurnFigures {
  /** What the caller heard of the assistant. */
  heard: readonly (Span & { phraseId: string })[];
  /** Whether another stream of the carrier had to take the call up. */
  moved: boolean;
  /** What is not as it should be. */
  notes: readonly string[];
}

/** Nothing is promised for what ended so shortly before the fault. */
const excusedMs = 500;
/** From a new stream to its first turn that counts: the gateway is admitted meanwhile. */
const settlingMs = 1_000;
const pauseMs = 700;
/** A model that dies has heard at most one turn whose text it never gave. */
const mostTextsMissing = 1;
/** Spoken by the carrier from a document of ours, and no turn. */
export const announcements = /-(cannot-connect|not-in-service|recorded-notice|collect-prompt)$/;

/** `fromMs` is the fault, in milliseconds since 1970. */
export function accountTurns(
  {
    record,
    admittedAtMs,
    turns,
  }: Omit<ChaosCall, 'record'> & {
    record: Pick<ChaosCall['record'], 'zeroEpochMs' | 'timeline' | 'said' | 'heardTranscript'>;
  },
  fromMs: number,
  { deafAtOnce, alwaysHears }: Pick<FaultPromise, 'deafAtOnce' | 'alwaysHears'>,
): TurnAccount {
  const offsetMs = (admittedAtMs ?? record.zeroEpochMs) - record.zeroEpochMs;
  const stored = turns.map((turn) => ({ ...turn, startMs: turn.startMs + offsetMs, endMs: turn.endMs + offsetMs }));
  const said = record.said.map((one) => ({ ...one, speaker: 'caller' as const }));
  const heard = record.heardTranscript
    .filter(({ heardWords, phraseId }) => heardWords.length > 0 && !announcements.test(phraseId))
    .map((one) => ({ ...one, speaker: 'assistant' as const }));
  const expected = [...said, ...heard];
  const deaf = deafSpans(record.timeline, fromMs - record.zeroEpochMs, deafAtOnce);
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
  return {
    turnsExpected: turnsOf(expected.filter((one) => !unmatched.includes(one) || lost.includes(one))),
    turnsStored: stored.length,
    turnsLost: turnsOf(lost),
    turnsDoubled: doubled.length + unheardOf.length,
    textsMissing: silent.length,
    heard,
    moved: deaf.length > 0,
    notes: [
      ...lost.map(({ speaker, phraseId, startMs, endMs }) => `lost: ${speaker} ${phraseId} ${span(startMs, endMs)}`),
      ...doubled.map(({ speaker, startMs, endMs }) => `doubled: ${speaker} ${span(startMs, endMs)}`),
      ...unheardOf.map(({ speaker, startMs, endMs }) => `neither said nor heard: ${speaker} ${span(startMs, endMs)}`),
      ...(silent.length > mostTextsMissing
        ? silent.map(({ speaker, startMs, endMs }) => `without text: ${speaker} ${span(startMs, endMs)}`)
        : []),
    ],
  };
}

export function sumUpTurns(accounts: readonly TurnFigures[]): TurnFigures {
  const sum = (pick: (account: TurnFigures) => number): number => accounts.reduce((all, one) => all + pick(one), 0);
  return {
    turnsExpected: sum(({ turnsExpected }) => turnsExpected),
    turnsStored: sum(({ turnsStored }) => turnsStored),
    turnsLost: sum(({ turnsLost }) => turnsLost),
    turnsDoubled: sum(({ turnsDoubled }) => turnsDoubled),
    textsMissing: sum(({ textsMissing }) => textsMissing),
  };
}

/** From when on nobody took down what was said, until there was a stream again, each time that another stream took the call up. */
function deafSpans(timeline: ChaosCall['record']['timeline'], fromMs: number, deafAtOnce: true | undefined): Span[] {
  const times = (wanted: string): number[] => timeline.filter(({ kind }) => kind === wanted).map(({ atMs }) => atMs);
  const stopped = times('stream-stopped');
  return times('stream-started')
    .slice(1)
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

export const span = (startMs: number, endMs: number): string => `${Math.round(startMs)}-${Math.round(endMs)} ms`;
