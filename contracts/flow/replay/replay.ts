/** A stored call against another version of its flow: where the paths part, and why. */
import type { CompiledFlow } from '../compiled.ts';
import type { Decision } from '../state.ts';
import { aligned, type ReplayRow } from './compare-paths.ts';
import { strangersAmong, withoutAddresses } from './hide-numbers.ts';
import { type Assumption, rerun, type ReplayStep, type ReplayStop, type Rerun } from './rerun.ts';
import { type Happening, happeningsOf, placeOf, type StoredCall } from './stored-call.ts';

export interface ReplayResult {
  callId: string;
  flowId: string;
  flowVersion: number;
  /**
   * `same`: the same way and the same words. `words`: the same way, other words. `parts`: another way. `stops`: the same way
   * up to where the call has no answer. `unreadable`: the ledger holds no beginning, as with calls that ran without it.
   */
  verdict: 'same' | 'words' | 'parts' | 'stops' | 'unreadable';
  /** Both ways side by side. */
  rows: readonly ReplayRow[];
  parting?: Parting;
  stop?: ReplayStop;
  /** What was taken for granted on the way. */
  assumptions: readonly Assumption[];
  /** What else ought to be known of the comparison itself. */
  notes: readonly string[];
}

/** The first step that is not what it was. */
export interface Parting {
  /** Another outcome of the same node, another edge of the same outcome, or another node altogether. */
  kind: 'outcome' | 'edge' | 'node';
  place: string;
  was?: Decision;
  now?: Decision;
  /** Where the ways meet again for good; absent: they do not. */
  meetsAgainAt?: string;
}

/** Walks the flow with what happened in the call. Pure; throws nothing. */
export function replay(flow: CompiledFlow, call: StoredCall): ReplayResult {
  const { callId, flowId, flowVersion, language, decisions } = call;
  const of = { callId, flowId, flowVersion };
  const happenings = happeningsOf(call);
  if (happenings.length === 0)
    return { ...of, verdict: 'unreadable', rows: [], assumptions: [], notes: [whyUnreadable(decisions)] };
  const original = call.flow && {
    flow: call.flow,
    rerun: rerun(call.flow, { happenings, language, isOriginal: true }),
  };
  const notes = original ? [] : ['the version of the call is not at hand: its words and questions are not compared'];
  const isReproduced = original !== undefined && reproduces(original.rerun, decisions);
  if (original && !isReproduced) notes.push('the ledger does not lead through the version of the call to its end');
  const now = rerun(flow, { happenings, language, ...(original && { original }) });
  const rows = aligned(isReproduced ? original.rerun.steps : stepsOf(happenings), now.steps, isReproduced);
  const parting = partingIn(rows, now.stop);
  const verdict = parting
    ? 'parts'
    : now.stop
      ? 'stops'
      : rows.some(({ differs }) => differs === 'words')
        ? 'words'
        : 'same';
  const told = {
    rows,
    ...(parting && { parting }),
    ...(now.stop && { stop: now.stop }),
    assumptions: now.assumptions,
  };
  const dialled = [...now.addresses, ...(original?.rerun.addresses ?? [])];
  const strangers = strangersAmong(dialled, original ? [flow, original.flow] : [flow]);
  const { callerNumber } = call;
  return {
    ...of,
    verdict,
    ...withoutAddresses(told, callerNumber?.startsWith('+') === true ? [callerNumber, ...strangers] : strangers),
    notes,
  };
}

/** Such as a call of ours that a machine took. */
function whyUnreadable(decisions: readonly Decision[]): string {
  const because = decisions.at(-1)?.because;
  return because === undefined
    ? 'the ledger holds no beginning of the call'
    : `the call did not come into its flow: ${because}`;
}

/** The way of the call as its ledger has it. */
function stepsOf(happenings: readonly Happening[]): ReplayStep[] {
  return happenings
    .flatMap(({ decisions }) => decisions)
    .filter(({ rule }) => rule !== 'ignored')
    .map((decision) => ({ decision, place: placeOf(decision.subflow, decision.nodeId), says: [] }));
}

function reproduces({ steps, stop }: Rerun, decisions: readonly Decision[]): boolean {
  const old = decisions.filter(({ rule }) => rule !== 'ignored');
  const isSame = (decision: Decision | undefined, other: Decision): boolean =>
    decision?.nodeId === other.nodeId && decision.outcome === other.outcome && decision.wentTo === other.wentTo;
  return !stop && steps.length === old.length && old.every((decision, i) => isSame(steps[i]?.decision, decision));
}

function partingIn(rows: readonly ReplayRow[], stop: ReplayStop | undefined): Parting | undefined {
  // A replay that has stopped has not come by what the call met later.
  const last = stop ? rows.findLastIndex(({ now }) => now !== undefined) : rows.length - 1;
  const at = rows.findIndex(({ differs }, i) => differs === 'path' && i <= last);
  const first = rows[at];
  if (!first) return undefined;
  const { was, now } = first;
  const kind = !was || !now ? 'node' : was.decision.outcome === now.decision.outcome ? 'edge' : 'outcome';
  const lastApart = rows.findLastIndex(({ differs }) => differs === 'path');
  const meets = rows[lastApart + 1];
  return {
    kind,
    place: (now ?? was)?.place ?? '',
    ...(was && { was: was.decision }),
    ...(now && { now: now.decision }),
    ...(meets && { meetsAgainAt: meets.now?.place ?? '' }),
  };
}
