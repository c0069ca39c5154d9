/** What gateways say of a call's streams, and what follows from it. Pure; the rules are those of `call-core.ts`. */
import type { AssistantInstruction, GatewayRef } from '../../contracts/instructions.ts';
import type {
  AssistantLeft,
  AttachAnswer,
  AttachInput,
  CallInput,
  CarrierEvent,
  Checkpoint,
  LeaveAnswer,
  MediaStopped,
  SensitiveEntry,
} from '../../contracts/messages.ts';
import { isMachine, isMachineDue } from './answer-machine.ts';
import { assistantAtNode, toldTo } from './assistant-at-node.ts';
import { answer, askAgain, goOn, stream } from './call-answers.ts';
import type { CoreState, Visit } from './call-state.ts';

export const maxDeaths = 5;
export const deathWindowMs = 60_000;

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
    atMs,
    nodeId: visit.nodeId,
    visit: visit.number,
    visitSinceMs: visit.sinceMs - (state.admittedAtMs ?? visit.sinceMs),
    assistant,
    resumed: visit.spoken,
    ...(visit.handover === 'done' && { unnoticed: true, heardUntilMs: visit.heardUntilMs }),
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
  const typesOn = entry.state === 'typing' || (entry.state === 'given' && entry.typesOn) || undefined;
  return { ...state, sensitive, visit: { ...visit, asking, typesOn } };
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

export function checkpointed(state: CoreState, { epoch, lastSeq, isHandover, heardUntilMs }: Checkpoint): CoreState {
  if (epoch !== state.epoch) return state;
  const { visit } = state;
  const next: CoreState = { ...state, lastSeq: Math.max(state.lastSeq, lastSeq) };
  return isHandover && visit ? { ...next, visit: { ...visit, handover: 'announced', heardUntilMs } } : next;
}

/** Whether a gateway has yet to say how the call's last stream ended, and up to where its turns go. */
export function awaitsLastWord({ visit }: CoreState): boolean {
  return visit !== undefined && visit.spoken && !visit.stopped;
}

export function outcomeOf({ visit }: CoreState, event: CarrierEvent): string | undefined {
  if (visit?.stopped) return visit.stopped.outcome;
  const isOfThis = event.type === 'streamEnded' && visit !== undefined && isAbout(event, visit);
  return isOfThis ? event.outcome : undefined;
}

export function streamEnded(
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
    heardUntilMs: isHandover ? visit.heardUntilMs : undefined,
    successor: undefined,
    typesOn: undefined,
    isMoving: undefined,
    stream: undefined,
    stopped: undefined,
  };
  const heir = isHandover && visit.successor?.hears ? visit.successor.gateway : undefined;
  if (heir) return stream({ ...before, visit: { ...again, gateway: heir } }, [instruction]);
  // The row of a gateway that died a moment ago still looks fresh: by the next question it does not.
  if (!gateway || isSuspect) return askAgain({ ...before, visit: again }, instruction);
  return stream({ ...before, visit: { ...again, gateway } }, [instruction]);
}

/** Counts the time of a stream that is over, once: its visit then has no stream. */
export function streamClosed(state: CoreState, atMs: number): CoreState {
  const { visit } = state;
  if (!visit?.stream) return state;
  return {
    ...state,
    streamedMs: state.streamedMs + atMs - visit.stream.sinceMs,
    visit: { ...visit, stream: undefined, spoken: true },
  };
}

/** Whether what is said of an outcome is said of this visit. */
function isAbout({ visit: number, outcome }: { visit?: number; outcome?: string }, visit: Visit): boolean {
  return number === undefined || number === visit.number || outcome === 'callerHungUp';
}

function callerLeft(state: CoreState, atMs: number): CoreState {
  return {
    ...state,
    callerHungUp: true,
    leavingAtMs: state.leavingAtMs ?? atMs,
    outcome: state.outcome ?? 'callerHungUp',
  };
}
