/**
 * What became of a call that was rung while a fault was on. As with the live ones, what the caller heard is the simulated
 * network's word and what was recorded is the database's and Temporal's.
 */
import { percentile } from '../call/percentile.ts';
import type { NetworkRecord } from '../call/network-client.ts';
import { audibleRms, type FaultWindow } from './account.ts';
import { accountTurns, announcements, type ChaosCall, sumUpTurns, type TurnFigures } from './turn-account.ts';

export interface NewCall extends Pick<ChaosCall, 'admittedAtMs' | 'turns'> {
  record: Pick<NetworkRecord, 'status' | 'zeroEpochMs' | 'timeline' | 'heard' | 'said' | 'heardTranscript'>;
  /** How the product keeps that the call ended; undefined where no row says so. */
  outcome: string | undefined;
  /** Absent where there is no workflow. */
  workflowStatus: string | undefined;
}

/**
 * `answered`: an assistant spoke with the caller to his last words. `adopted`: he was given the number's degraded plan,
 * and the call was recorded afterwards. `lost`: neither.
 */
export type NewCallFate = 'answered' | 'adopted' | 'lost';

export interface NewCallAccount extends TurnFigures {
  fate: NewCallFate;
  /** Whether an announcement was all that the caller heard. */
  degraded: boolean;
  /** From the first ring to the first sound. */
  waitMs: number;
  /** Whether it is neither lost nor its turns other than they should be. */
  ok: boolean;
  notes: readonly string[];
}

export interface NewCallFigures extends TurnFigures {
  ok: boolean;
  calls: number;
  answered: number;
  degraded: number;
  /** Of the degraded ones. */
  adopted: number;
  lost: number;
  waitMs: { p50: number; p95: number; max: number };
}

export function accountNewCall(
  call: NewCall,
  { fromMs, lastWords, promise }: Pick<FaultWindow, 'fromMs' | 'lastWords' | 'promise'>,
): NewCallAccount {
  const { record, outcome, workflowStatus } = call;
  const { status, timeline, heard, said, heardTranscript } = record;
  const isStreamed = timeline.some(({ kind }) => kind === 'stream-started');
  const isAnnounced = heardTranscript.some(({ phraseId, complete }) => complete && announcements.test(phraseId));
  const degraded = !isStreamed && isAnnounced;
  const isServed = isStreamed && said.some(({ phraseId }) => phraseId === lastWords);
  const faults = [
    ...(status === 'completed' ? [] : [`it ended as ${status}`]),
    ...(degraded || isServed ? [] : ['the caller was neither served nor told']),
    ...(outcome === undefined ? ['no row says how it ended'] : []),
    ...(degraded && outcome !== undefined && outcome !== 'adopted' ? [`its outcome is ${outcome}`] : []),
    ...(workflowStatus === 'COMPLETED' ? [] : [`its workflow is ${workflowStatus ?? 'missing'}`]),
  ];
  const { heard: _words, moved: _moved, notes: turnNotes, ...turns } = accountTurns(call, fromMs, promise);
  const notes = [...faults.map((fault) => `lost new call: ${fault}`), ...turnNotes.map((note) => `new call: ${note}`)];
  const first = heard.find(({ rms }) => rms >= audibleRms);
  return {
    fate: faults.length > 0 ? 'lost' : degraded ? 'adopted' : 'answered',
    degraded,
    waitMs: Math.round(first?.startMs ?? Infinity),
    ...turns,
    ok: notes.length === 0,
    notes,
  };
}

export function sumUpNewCalls(accounts: readonly NewCallAccount[]): NewCallFigures {
  const count = (isSo: (account: NewCallAccount) => boolean): number => accounts.filter(isSo).length;
  const waits = accounts.map(({ waitMs }) => waitMs).filter(Number.isFinite);
  return {
    ...sumUpTurns(accounts),
    ok: accounts.every(({ ok }) => ok),
    calls: accounts.length,
    answered: count(({ fate }) => fate === 'answered'),
    degraded: count(({ degraded }) => degraded),
    adopted: count(({ fate }) => fate === 'adopted'),
    lost: count(({ fate }) => fate === 'lost'),
    waitMs: { p50: percentile(waits, 50), p95: percentile(waits, 95), max: Math.max(0, ...waits) },
  };
}
