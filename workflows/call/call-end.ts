/** How a call gets to the carrier and how it ends: by the carrier's word, the tenant's, or without its workflow. Pure. */
import type { DialFailure } from '../../contracts/dial-failure.ts';
import type { FlowState } from '../../contracts/flow/state.ts';
import type { AdoptInput, CallInput, CarrierStatus, CarrierStatusName } from '../../contracts/messages.ts';
import { isMachine } from './answer-machine.ts';
import { streamClosed } from './call-media.ts';
import type { CoreState } from './call-state.ts';
import { stepFlow } from './flow-step.ts';

/** The carrier's id of a call, from whoever tells it first: the answer to our request, or a callback of the call. */
export function dialled(state: CoreState, carrierCallId: string | undefined): CoreState {
  return carrierCallId === undefined || state.carrierCallId !== '' ? state : { ...state, carrierCallId };
}

/** Whether the carrier has the call, by any of its words. */
export function isDialled({ carrierCallId, answer: given, carrierEnd, phase }: CoreState): boolean {
  return carrierCallId !== '' || given !== undefined || carrierEnd !== undefined || phase === 'adopted';
}

/** A terminal status ends the call whenever it comes; the others count only in the carrier's order. */
export function statusArrived(
  before: CoreState,
  { status, sequence, durationS, carrierCallId, rejected = false, sipCode, answeredBy }: CarrierStatus,
  atMs: number,
): CoreState {
  if (before.carrierEnd) return before;
  const state = dialled(before, carrierCallId);
  if (!isTerminal(status)) return { ...state, carrierSequence: Math.max(state.carrierSequence, sequence) };
  const missed = rejected ? 'rejected' : status;
  const left = state.outcome ?? (status === 'completed' ? 'callerHungUp' : missed);
  // Where the call was never told, a machine that hung up was no caller.
  const outcome = left === 'callerHungUp' && isMachine(answeredBy) ? 'voicemail' : left;
  return {
    ...streamClosed(state, atMs),
    phase: 'ended',
    carrierSequence: sequence,
    carrierEnd: { status, atMs, durationS },
    outcome,
    ...(outcome === 'failed' && state.admittedAtMs === undefined && { failure: failureOf(state, sipCode) }),
    callerHungUp: outcome === 'callerHungUp',
  };
}

/** Nobody will ever ask about this call again: the dialled party was not reached, or the carrier knows no such call. */
export function gaveUp(state: CoreState, status: CarrierStatusName, atMs: number, failure?: DialFailure): CoreState {
  const told = failure ? { ...state, failure } : state;
  return statusArrived(told, { status, sequence: state.carrierSequence + 1 }, atMs);
}

/** The call went on without its workflow; what an earlier admission began is withdrawn. */
export function adoptedAs(state: CoreState, { ageS }: AdoptInput, atMs: number): CoreState {
  if (state.phase === 'ended' || state.phase === 'adopted') return state;
  const walked: FlowState = { ...state.flow, phase: 'ended', nodeId: undefined };
  return {
    ...streamClosed(state, atMs),
    phase: 'adopted',
    flow: walked,
    visit: undefined,
    question: undefined,
    outcome: 'adopted',
    admittedAtMs: state.admittedAtMs ?? atMs - ageS * 1_000,
  };
}

/** The tenant wants the call to end: one that nobody has answered is never answered, one that goes on is hung up on. */
export function withdrawn(state: CoreState, atMs: number): CoreState {
  if (state.carrierEnd || state.isWithdrawn) return state;
  if (!state.answer) return { ...state, isWithdrawn: true };
  const outcome = state.outcome ?? 'tenantHungUp';
  return { ...state, isWithdrawn: true, outcome, leavingAtMs: state.leavingAtMs ?? atMs };
}

/** The call is over wherever its flow stands; the ledger shall say so. */
export function flowLeft(call: CallInput, state: CoreState, atMs: number): CoreState {
  return state.flow.phase === 'waiting' ? stepFlow(call, state, { type: 'hungUp' }, atMs).state : state;
}

export function isTerminal(status: CarrierStatusName): boolean {
  return (
    status === 'completed' ||
    status === 'busy' ||
    status === 'no-answer' ||
    status === 'failed' ||
    status === 'canceled'
  );
}

function failureOf({ failure }: CoreState, sipCode: number | undefined): DialFailure {
  return failure ?? { reason: 'not-put-through', ...(sipCode !== undefined && { sipCode }) };
}
