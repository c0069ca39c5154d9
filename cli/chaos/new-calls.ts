/**
 * What became of a call that was rung while a fault was on. As with the live ones, what the caller heard is the simulated
 * network's word and what was recorded is the database's and Temporal's.
 */
import { percentile } from '../call/percentile.ts';
import type { NetworkRecord } from '../call/network-client.ts';
import { announcements, audibleRms } from './account.ts';

export interface NewCall {
  record: Pick<NetworkRecord, 'status' | 'timeline' | 'heard' | 'said' | 'heardTranscript'>;
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

export interface NewCallAccount {
  fate: NewCallFate;
  /** Whether an announcement was all that the caller heard. */
  degraded: boolean;
  /** From the first ring to the first sound. */
  waitMs: number;
  notes: readonly string[];
}

export interface NewCallFigures {
  calls: number;
  answered: number;
  degraded: number;
  /** Of the degraded ones. */
  adopted: number;
  lost: number;
  waitMs: { p50: number; p95: number; max: number };
}

export function accountNewCall({ record, outcome, workflowStatus }: NewCall, lastWords: string): NewCallAccount {
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
  const first = heard.find(({ rms }) => rms >= audibleRms);
  return {
    fate: faults.length > 0 ? 'lost' : degraded ? 'adopted' : 'answered',
    degraded,
    waitMs: Math.round(first?.startMs ?? Infinity),
    notes: faults.map((fault) => `lost new call: ${fault}`),
  };
}

export function sumUpNewCalls(accounts: readonly NewCallAccount[]): NewCallFigures {
  const count = (isSo: (account: NewCallAccount) => boolean): number => accounts.filter(isSo).length;
  const waits = accounts.map(({ waitMs }) => waitMs).filter(Number.isFinite);
  return {
    calls: accounts.length,
    answered: count(({ fate }) => fate === 'answered'),
    degraded: count(({ degraded }) => degraded),
    adopted: count(({ fate }) => fate === 'adopted'),
    lost: count(({ fate }) => fate === 'lost'),
    waitMs: { p50: percentile(waits, 50), p95: percentile(waits, 95), max: Math.max(0, ...waits) },
  };
}
