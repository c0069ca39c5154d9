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
import { initialFlowState } from '../../contracts/flow/state.ts';
import type { AdmitInput, CallInput, CallState, ProceedInput, ToolFinished } from '../../contracts/messages.ts';
import { answerMachine, isMachineDue } from './answer-machine.ts';
import { answer, answerWait, replyWith } from './call-answers.ts';
import { dialled } from './call-end.ts';
import { outcomeOf, streamClosed, streamEnded } from './call-media.ts';
import type { CoreState } from './call-state.ts';
import type { Contact } from './contact-lookup.ts';
import { started } from './flow-step.ts';
import { messageTaken } from './left-message.ts';

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

/** A tool may be reported by its activity and by its workflow: the first report counts. */
export function toolReported(state: CoreState, tool: ToolFinished): CoreState {
  if (state.tools.some(({ functionCallId }) => functionCallId === tool.functionCallId)) return state;
  return { ...state, tools: [...state.tools, tool].slice(-maxRememberedTools) };
}

export function decisionsRecorded(state: CoreState, count: number): CoreState {
  return { ...state, decisions: state.decisions.slice(count) };
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

function degradedFurther(state: CoreState, answered: boolean, atMs: number): CoreState {
  const rest = answered ? undefined : state.degradedRest;
  if (!rest)
    return replyWith({ ...state, degradedRest: undefined, leavingAtMs: state.leavingAtMs ?? atMs }, [
      { type: 'hangUp' },
    ]);
  return replyWith({ ...state, degradedRest: afterFirstWait(rest) }, [{ type: 'degraded', plan: rest }]);
}
