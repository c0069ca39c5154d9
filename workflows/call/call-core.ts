/**
 * The core of a call: what the workflow knows, and how each message changes it. Pure; time comes as `atMs`.
 *
 * Phases: new -> (dialling ->) carrier | streaming | degraded -> … -> ended; adopted -> ended from every phase.
 *  1. Each answer has the next number. A question about an older number moves nothing and gets the current answer.
 *  2. Each `assistant` instruction opens a new epoch; an epoch takes one stream, and a stream that ends without an outcome
 *     is a death, or a handover where its gateway said so: the same visit goes on in the next epoch.
 *     An assistant whose outcome leads straight to another one may hand the stream on: a new visit in the same epoch,
 *     under the same answer. What is said of a visit counts for that one alone, so that a message that was late, or whose
 *     answer was lost, moves nothing twice; only a caller's hanging up is of the whole epoch. A stream that ends before the
 *     gateway heard who goes on is a death of the new visit, which then begins anew in the next epoch.
 *  3. No gateway for `maxGatewayWaits` questions, or more than `maxDeaths` deaths within `deathWindowMs`, is the outcome
 *     `failed`: the flow decides, and the caller is never left without an answer.
 *  4. An adopted call gets no instructions any more: it is recorded and billed.
 *  5. Only the carrier ends a call: a terminal status, reported or asked for.
 *  6. Where the flow asks somebody else, the carrier's question stays open for a moment, then the caller is held
 *     (`open-question.ts`).
 */
import { afterFirstWait } from '../../contracts/degraded-plan.ts';
import type { DialFailure } from '../../contracts/dial-failure.ts';
import { type FlowState, initialFlowState } from '../../contracts/flow/state.ts';
import type { AssistantInstruction, GatewayRef } from '../../contracts/instructions.ts';
import type {
  AdmitInput,
  AdoptInput,
  AssistantLeft,
  AttachAnswer,
  AttachInput,
  CallInput,
  CallState,
  CarrierEvent,
  CarrierStatus,
  CarrierStatusName,
  Checkpoint,
  LeaveAnswer,
  MediaStopped,
  ProceedInput,
  SensitiveEntry,
  ToolFinished,
} from '../../contracts/messages.ts';
import { answer, answerWait, askAgain, goOn, replyWith, stream } from './call-answers.ts';
import { assistantAtNode, toldTo } from './assistant-at-node.ts';
import { answerMachine, isMachine, isMachineDue } from './answer-machine.ts';
import type { CoreState, Visit } from './call-state.ts';
import type { Contact } from './contact-lookup.ts';
import { started, stepFlow } from './flow-step.ts';
import { messageTaken } from './left-message.ts';

export const maxDeaths = 5;
export const deathWindowMs = 60_000;
const maxRememberedTools = 100;

export function initialCoreState(call: CallInput): CoreState {
  return {
    phase: call.dial ? 'dialling' : 'new',
    flow: initialFlowState(call.language),
    epoch: 0,
    visits: 0,
    spoken: false,
    callerHungUp: false,
    lastSeq: 0,
    recording: 'off',
    orders: [],
    walked: [],
    carrierCallId: call.carrier.carrierCallId,
    carrierSequence: -1,
    sensitive: {},
    tools: [],
    streamedMs: 0,
    decisions: [],
    decided: 0,
  };
}

/** The carrier's id of a call, from whoever tells it first: the answer to our request, or a callback of the call. */
export function dialled(state: CoreState, carrierCallId: string | undefined): CoreState {
  return carrierCallId === undefined || state.carrierCallId !== '' ? state : { ...state, carrierCallId };
}

/** Whether the carrier has the call, by any of its words. */
export function isDialled({ carrierCallId, answer: given, carrierEnd, phase }: CoreState): boolean {
  return carrierCallId !== '' || given !== undefined || carrierEnd !== undefined || phase === 'adopted';
}

/** The first question of the carrier. A call that has an answer already keeps it. */
export function admitted(
  call: CallInput,
  before: CoreState,
  { gateway, carrierCallId, answeredBy }: AdmitInput,
  atMs: number,
  contact?: Contact,
): CoreState {
  if (before.answer || before.question) return before;
  const state = dialled(before, carrierCallId);
  if (state.carrierEnd) return replyWith(state, [{ type: 'hangUp' }]);
  if (state.isWithdrawn)
    return replyWith({ ...state, admittedAtMs: atMs, leavingAtMs: atMs, phase: 'carrier', outcome: 'tenantHungUp' }, [
      { type: 'hangUp' },
    ]);
  const told = state.answeredBy ?? answeredBy;
  const begun: CoreState = { ...state, admittedAtMs: atMs, ...(told && { answeredBy: told }) };
  if (isMachineDue(begun)) return answerMachine(call, begun, atMs);
  return answer(call, begun, { ...started(call, atMs), ...contact }, gateway, atMs);
}

/** The carrier has carried out answer `input.number` and asks for the next one. */
export function proceeded(
  call: CallInput,
  state: CoreState,
  { number, event, gateway, isSuspect = false }: ProceedInput,
  atMs: number,
): CoreState {
  if (!state.answer || number !== state.answer.number) return state;
  if (state.carrierEnd)
    return replyWith(event.type === 'voicemailLeft' ? messageTaken(call, state, event, atMs) : state, [
      { type: 'hangUp' },
    ]);
  if (state.isWithdrawn) return replyWith({ ...streamClosed(state, atMs), phase: 'carrier' }, [{ type: 'hangUp' }]);
  if (isMachineDue(state)) return answerMachine(call, streamClosed(state, atMs), atMs);
  if (state.phase === 'degraded')
    return degradedFurther(state, event.type === 'dialEnded' && event.status === 'completed', atMs);
  if (state.question) return state;
  if (state.gatewayWait && !state.visit?.stopped) return answerWait(call, state, gateway, atMs);
  // Whatever brought the carrier back: it asks, so its stream is over.
  if (state.phase === 'streaming' || state.gatewayWait)
    return streamEnded(call, state, outcomeOf(state, event), { gateway, isSuspect }, atMs);
  return answer(call, state, event.type === 'streamEnded' ? { type: 'done' } : event, gateway, atMs);
}

function outcomeOf({ visit }: CoreState, event: CarrierEvent): string | undefined {
  if (visit?.stopped) return visit.stopped.outcome;
  const isOfThis = event.type === 'streamEnded' && visit !== undefined && isAbout(event, visit);
  return isOfThis ? event.outcome : undefined;
}

/** Whether what is said of an outcome is said of this visit. */
function isAbout({ visit: number, outcome }: { visit?: number; outcome?: string }, visit: Visit): boolean {
  return number === undefined || number === visit.number || outcome === 'callerHungUp';
}

/** A gateway asks whether it may take the stream of an epoch. */
export function attached(
  call: CallInput,
  state: CoreState,
  { epoch, streamId, gatewayId }: AttachInput,
  atMs: number,
): [CoreState, AttachAnswer] {
  const { visit } = state;
  if (epoch < state.epoch) return [state, { accepted: false, reason: 'stale-epoch' }];
  if (state.phase !== 'streaming' || !visit || epoch !== state.epoch || visit.stopped)
    return [state, { accepted: false, reason: 'not-streaming' }];
  const assistant = assistantAtNode(call, visit);
  if (!assistant) return [state, { accepted: false, reason: 'not-streaming' }];
  if (visit.stream && visit.stream.streamId !== streamId) return [state, { accepted: false, reason: 'taken' }];
  const reply: AttachAnswer = {
    accepted: true,
    clockMs: atMs - (state.admittedAtMs ?? atMs),
    nodeId: visit.nodeId,
    visit: visit.number,
    visitSinceMs: visit.sinceMs - (state.admittedAtMs ?? visit.sinceMs),
    assistant,
    resumed: visit.spoken,
    ...(visit.handover === 'done' && { unnoticed: true }),
    handedOver: !visit.spoken && state.spoken,
    allowedPrivateHosts: call.allowedPrivateHosts,
    ...(visit.asking !== undefined && { asking: visit.asking }),
    vars: toldTo(call, state.flow, visit),
  };
  const streaming: Visit = { ...visit, stream: visit.stream ?? { epoch, streamId, gatewayId, sinceMs: atMs } };
  return [{ ...state, visit: streaming }, reply];
}

/** The carrier is about to be told to take the stream of this epoch away from its gateway. */
export function movingAway(state: CoreState): CoreState {
  return state.visit ? { ...state, visit: { ...state.visit, isMoving: true } } : state;
}

/** The gateway says how the assistant left; what an older epoch says is old news. */
export function mediaHasStopped(state: CoreState, stopped: MediaStopped, atMs: number): CoreState {
  if (stopped.epoch === state.epoch && !state.visit && isMachine(state.answeredBy))
    return { ...state, lastSeq: Math.max(state.lastSeq, stopped.lastSeq) };
  if (!state.visit || stopped.epoch !== state.epoch || state.visit.stopped) return state;
  if (!isAbout(stopped, state.visit)) return state;
  // To a gateway that wakes up, a stream that was moved away looks like a caller who has gone.
  if (state.visit.isMoving && stopped.outcome === 'callerHungUp') return state;
  const lastSeq = Math.max(state.lastSeq, stopped.lastSeq);
  const next: CoreState = { ...state, lastSeq, visit: { ...state.visit, stopped } };
  return stopped.outcome === 'callerHungUp' ? callerLeft(next, atMs) : next;
}

/** A caller is asked for a sensitive input, and what becomes of it; of an epoch or visit that is over nothing counts. */
export function sensitiveEntered(state: CoreState, entry: SensitiveEntry): CoreState {
  const { visit } = state;
  if (!visit || entry.epoch !== state.epoch || entry.visit !== visit.number) return state;
  const asking = entry.state === 'asked' ? entry.name : undefined;
  const sensitive = entry.state === 'given' ? { ...state.sensitive, [entry.name]: entry.digits } : state.sensitive;
  return { ...state, sensitive, visit: { ...visit, asking } };
}

/** The assistant has left; where another one follows at once and the gateway can take it on, it does. */
export function assistantHasLeft(
  call: CallInput,
  state: CoreState,
  left: AssistantLeft,
  atMs: number,
): [CoreState, LeaveAnswer] {
  const stopped = mediaHasStopped(state, left, atMs);
  const isNews = stopped !== state && state.phase === 'streaming';
  if (!isNews || !left.mayGoOn || state.visit?.isMoving || isMachineDue(state)) return [stopped, { next: 'carrier' }];
  const next = goOn(call, stopped, left, atMs);
  const assistant = next?.visit && assistantAtNode(call, next.visit);
  if (!next?.visit || !assistant) return [stopped, { next: 'carrier' }];
  const { nodeId, number: visit } = next.visit;
  const vars = toldTo(call, next.flow, next.visit);
  return [next, { next: 'assistant', nodeId, visit, assistant, vars }];
}

export function checkpointed(state: CoreState, { epoch, lastSeq, isHandover }: Checkpoint): CoreState {
  if (epoch !== state.epoch) return state;
  const { visit } = state;
  const next: CoreState = { ...state, lastSeq: Math.max(state.lastSeq, lastSeq) };
  return isHandover && visit ? { ...next, visit: { ...visit, handover: 'announced' } } : next;
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

/** The call is over wherever its flow stands; the ledger shall say so. */
export function flowLeft(call: CallInput, state: CoreState, atMs: number): CoreState {
  return state.flow.phase === 'waiting' ? stepFlow(call, state, { type: 'hungUp' }, atMs).state : state;
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

/** A tool may be reported by its activity and by its workflow: the first report counts. */
export function toolReported(state: CoreState, tool: ToolFinished): CoreState {
  if (state.tools.some(({ functionCallId }) => functionCallId === tool.functionCallId)) return state;
  return { ...state, tools: [...state.tools, tool].slice(-maxRememberedTools) };
}

/** Nobody will ever ask about this call again: the dialled party was not reached, or the carrier knows no such call. */
export function gaveUp(state: CoreState, status: CarrierStatusName, atMs: number, failure?: DialFailure): CoreState {
  const told = failure ? { ...state, failure } : state;
  return statusArrived(told, { status, sequence: state.carrierSequence + 1 }, atMs);
}

export function decisionsRecorded(state: CoreState, count: number): CoreState {
  return { ...state, decisions: state.decisions.slice(count) };
}

/** Whether a gateway has yet to say how the call's last stream ended, and up to where its turns go. */
export function awaitsLastWord({ visit }: CoreState): boolean {
  return visit !== undefined && visit.spoken && !visit.stopped;
}

/** What a query may see. */
export function viewOf(state: CoreState): CallState {
  const { phase, epoch, answer: current, visit, outcome, tools, flow } = state;
  return {
    phase,
    epoch,
    answerNumber: current?.number ?? 0,
    nodeId: visit?.nodeId ?? flow.nodeId,
    gatewayId: visit?.stream?.gatewayId ?? visit?.gateway.gatewayId,
    outcome,
    tools,
  };
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

/** Counts the time of a stream that is over, once: its visit then has no stream. */
function streamClosed(state: CoreState, atMs: number): CoreState {
  const { visit } = state;
  if (!visit?.stream) return state;
  return {
    ...state,
    streamedMs: state.streamedMs + atMs - visit.stream.sinceMs,
    visit: { ...visit, stream: undefined, spoken: true },
  };
}

function callerLeft(state: CoreState, atMs: number): CoreState {
  return {
    ...state,
    callerHungUp: true,
    leavingAtMs: state.leavingAtMs ?? atMs,
    outcome: state.outcome ?? 'callerHungUp',
  };
}

function streamEnded(
  call: CallInput,
  state: CoreState,
  outcome: string | undefined,
  { gateway, isSuspect }: { gateway: GatewayRef | undefined; isSuspect: boolean },
  atMs: number,
): CoreState {
  const { visit } = state;
  if (!visit) return state;
  const spoken = visit.spoken || visit.stream !== undefined;
  const before: CoreState = { ...streamClosed(state, atMs), spoken: state.spoken || spoken, gatewayWait: undefined };
  if (outcome === 'callerHungUp') return answer(call, callerLeft(before, atMs), { type: 'hungUp' }, gateway, atMs);
  const data = visit.stopped?.data;
  if (outcome !== undefined)
    return answer(call, before, { type: 'assistantLeft', outcome, ...(data && { data }) }, gateway, atMs);
  const isHandover = visit.handover === 'announced';
  const deathsAtMs = visit.deathsAtMs.filter((at) => atMs - at < deathWindowMs).concat(isHandover ? [] : atMs);
  if (deathsAtMs.length > maxDeaths)
    return answer(call, before, { type: 'assistantLeft', outcome: 'failed' }, gateway, atMs);
  const { nodeId, assistantId, terms } = visit;
  const instruction: AssistantInstruction = { type: 'assistant', nodeId, assistantId, ...terms };
  const handover = isHandover ? 'done' : undefined;
  const again: Visit = {
    ...visit,
    spoken,
    deathsAtMs,
    handover,
    isMoving: undefined,
    stream: undefined,
    stopped: undefined,
  };
  // The row of a gateway that died a moment ago still looks fresh: by the next question it does not.
  if (!gateway || isSuspect) return askAgain({ ...before, visit: again }, instruction);
  return stream({ ...before, visit: { ...again, gateway } }, [instruction]);
}

function degradedFurther(state: CoreState, answered: boolean, atMs: number): CoreState {
  const rest = answered ? undefined : state.degradedRest;
  if (!rest)
    return replyWith({ ...state, degradedRest: undefined, leavingAtMs: state.leavingAtMs ?? atMs }, [
      { type: 'hangUp' },
    ]);
  return replyWith({ ...state, degradedRest: afterFirstWait(rest) }, [{ type: 'degraded', plan: rest }]);
}
