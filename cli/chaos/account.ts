/**
 * What became of a call in one fault. What was said and heard is the simulated network's word, what was stored is the
 * database's; both are joined by speaker and time, and no process of the product is asked.
 */
import { percentile } from '../call/percentile.ts';
import {
  accountTurns,
  announcements,
  type ChaosCall,
  type FaultPromise,
  span,
  sumUpTurns,
  type TurnFigures,
} from './turn-account.ts';

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

export interface CallAccount extends TurnFigures {
  dropped: boolean;
  /** Whether another stream of the carrier had to take it up. */
  moved: boolean;
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

export interface ChaosFigures extends TurnFigures {
  /** No call dropped, degraded, moved or told more than was promised, or asked again where that was not, no turn lost or doubled, of no call more than one text missing. */
  ok: boolean;
  calls: number;
  dropped: number;
  moved: number;
  apologies: number;
  askedAgain: number;
  degraded: number;
  gapMs: { p50: number; p95: number; max: number };
}

export const audibleRms = 40;
export function accountCall(call: ChaosCall, window: FaultWindow): CallAccount {
  const { record } = call;
  const { mayMove, mostApologies, alwaysHears = false } = window.promise;
  const { heard, moved, notes: turnNotes, ...turns } = accountTurns(call, window.fromMs, window.promise);
  const dropped = record.status !== 'completed' || !record.said.some(({ phraseId }) => phraseId === window.lastWords);
  const apologies = heard.filter(({ phraseId }) => phraseId === window.apology).length;
  const degraded = record.heardTranscript.some(({ phraseId }) => announcements.test(phraseId));
  const askedAgain = heard.filter(({ phraseId }) => phraseId === window.askedAgain);
  const notes = [
    ...(dropped ? [`ended as ${record.status} before its last words`] : []),
    ...turnNotes,
    ...(moved && !mayMove ? ['moved, although nothing that held it had died'] : []),
    ...(degraded ? ['heard the degraded plan'] : []),
    ...(alwaysHears ? askedAgain : []).map(
      ({ startMs, endMs }) => `was asked to say it again: ${span(startMs, endMs)}`,
    ),
    ...(apologies > mostApologies ? [`heard ${apologies} apologies`] : []),
  ];
  return {
    ...turns,
    dropped,
    moved,
    apologies,
    askedAgain: askedAgain.length,
    degraded,
    gapMs: longestGapMs(record, window.fromMs - record.zeroEpochMs, window.untilMs - record.zeroEpochMs),
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
    ...sumUpTurns(accounts),
    apologies: sum(({ apologies }) => apologies),
    askedAgain: sum(({ askedAgain }) => askedAgain),
    degraded: sum(({ degraded }) => Number(degraded)),
    gapMs: { p50: percentile(gaps, 50), p95: percentile(gaps, 95), max: Math.max(0, ...gaps) },
  };
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
