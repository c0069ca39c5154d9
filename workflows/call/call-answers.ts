/** How a call's core makes its answers: what the flow engine wants, numbered, with the media that an assistant needs. Pure. */
import { afterFirstWait } from '../../contracts/degraded-plan.ts';
import type { AssistantInstruction, GatewayRef, Instruction } from '../../contracts/instructions.ts';
import type { AssistantLeft, CallInput } from '../../contracts/messages.ts';
import { termsOf } from './assistant-at-node.ts';
import type { CoreState, Visit } from './call-state.ts';
import { type Happened, stepFlow } from './flow-step.ts';

/** Assistants on one stream: beyond it the carrier asks in between, which paces a flow that goes in circles. */
export const maxVisitsOnStream = 20;
/** How often a caller waits a moment for a gateway: one that is started again is up by then. */
export const maxGatewayWaits = 5;
const gatewayWaitMs = 1_000;
/** Ways back to an assistant that nobody can run, within one answer. */
const maxRefusals = 5;

/**
 * Moves the flow by one event and turns what it wants into the next answer; `said` goes before it. Where the flow asks
 * somebody else first, the answer is not made yet: the state has the question.
 */
export function answer(
  call: CallInput,
  before: CoreState,
  event: Happened,
  gateway: GatewayRef | undefined,
  atMs: number,
  said: readonly Instruction[] = [],
): CoreState {
  let { state, instructions, question } = stepFlow(call, before, event, atMs);
  instructions = [...said, ...instructions];
  const wanted = instructions.at(-1);
  const mayWait = !gateway && (before.gatewayWait?.asked ?? 0) < maxGatewayWaits;
  if (mayWait && wanted?.type === 'assistant' && call.flow.assistants[wanted.assistantId])
    return askAgain(state, wanted, instructions.slice(0, -1));
  for (let refusals = 0; ; refusals++) {
    if (question)
      return { ...state, ...asking, question: { asked: question, said: instructions, sinceMs: atMs, holds: 0 } };
    const last = instructions.at(-1);
    if (last?.type !== 'assistant' || (gateway && call.flow.assistants[last.assistantId])) break;
    const without = instructions.slice(0, -1);
    if (refusals >= maxRefusals) {
      instructions = [...without, { type: 'degraded', plan: call.degradedPlan }];
      state = { ...state, flow: { ...state.flow, phase: 'ended', nodeId: undefined } };
      break;
    }
    const next = stepFlow(call, state, { type: 'assistantLeft', outcome: 'failed' }, atMs);
    ({ state, question } = next);
    instructions = [...without, ...next.instructions];
  }
  return conclude(call, state, instructions, gateway, atMs);
}

const asking = { phase: 'carrier', visit: undefined } as const;

/** Has the carrier wait a moment, after `before`, and ask again for an assistant that no gateway can take now. */
export function askAgain(
  state: CoreState,
  instruction: AssistantInstruction,
  before: readonly Instruction[] = [],
): CoreState {
  const asked = (state.gatewayWait?.asked ?? 0) + 1;
  const waiting: CoreState = { ...state, phase: 'carrier', gatewayWait: { instruction, asked } };
  return replyWith(waiting, [...before, { type: 'pause', lengthMs: gatewayWaitMs }]);
}

/** The carrier asks again for an assistant that waits for a gateway. */
export function answerWait(
  call: CallInput,
  state: CoreState,
  gateway: GatewayRef | undefined,
  atMs: number,
): CoreState {
  const { gatewayWait, visit } = state;
  if (!gatewayWait) return state;
  const { instruction, asked } = gatewayWait;
  const over: CoreState = { ...state, gatewayWait: undefined };
  if (gateway && visit) return stream({ ...over, visit: { ...visit, gateway } }, [instruction]);
  if (gateway) return conclude(call, over, [instruction], gateway, atMs);
  if (asked < maxGatewayWaits) return askAgain(state, instruction);
  // Without another wait, wherever the flow goes from here.
  return {
    ...answer(call, state, { type: 'assistantLeft', outcome: 'failed' }, gateway, atMs),
    gatewayWait: undefined,
  };
}

/**
 * The assistant has left with an outcome that leads straight to another one: who goes on, in the same stream and epoch.
 * Undefined where anything else comes next. The carrier's answer stays what it is: it still carries it out.
 */
export function goOn(
  call: CallInput,
  state: CoreState,
  { outcome, data }: Pick<AssistantLeft, 'outcome' | 'data'>,
  atMs: number,
): CoreState | undefined {
  const { visit } = state;
  if (!visit?.stream || visit.before + 1 >= maxVisitsOnStream) return undefined;
  const step = stepFlow(call, state, { type: 'assistantLeft', outcome, ...(data && { data }) }, atMs);
  const [only, ...more] = step.instructions;
  if (only?.type !== 'assistant' || more.length > 0) return undefined;
  const { stream: same, gateway, before } = visit;
  const next = newVisit(call, state, only, gateway, atMs);
  if (!next) return undefined;
  return { ...step.state, spoken: true, visits: next.number, visit: { ...next, stream: same, before: before + 1 } };
}

function conclude(
  call: CallInput,
  state: CoreState,
  instructions: readonly Instruction[],
  gateway: GatewayRef | undefined,
  atMs: number,
): CoreState {
  const last = instructions.at(-1);
  if (!last) return repeat(state, atMs);
  if (last.type === 'assistant') {
    const visit = newVisit(call, state, last, gateway, atMs);
    // `answer` has seen to both
    return visit ? stream({ ...state, visit, visits: visit.number }, instructions) : state;
  }
  const left: CoreState = { ...state, phase: 'carrier', visit: undefined };
  if (last.type === 'degraded')
    return replyWith(
      { ...left, phase: 'degraded', outcome: 'degraded', degradedRest: afterFirstWait(last.plan) },
      instructions,
    );
  if (last.type !== 'hangUp') return replyWith(left, instructions);
  return replyWith(
    { ...left, outcome: state.outcome ?? state.decisions.at(-1)?.outcome, leavingAtMs: state.leavingAtMs ?? atMs },
    instructions,
  );
}

function newVisit(
  call: CallInput,
  { visits }: CoreState,
  instruction: AssistantInstruction,
  gateway: GatewayRef | undefined,
  sinceMs: number,
): Visit | undefined {
  const { nodeId, assistantId } = instruction;
  const assistant = call.flow.assistants[assistantId];
  if (!assistant || !gateway) return undefined;
  const { versionId: assistantVersionId } = assistant;
  const fresh = { spoken: false, before: 0, deathsAtMs: [] };
  const terms = termsOf(instruction);
  return { number: visits + 1, sinceMs, nodeId, assistantId, assistantVersionId, terms, gateway, ...fresh };
}

/** The flow had nothing new to say: it has ended, or waits for something else than what came. */
function repeat(state: CoreState, atMs: number): CoreState {
  if (state.flow.phase === 'ended')
    return replyWith({ ...state, phase: 'carrier', visit: undefined, leavingAtMs: state.leavingAtMs ?? atMs }, [
      { type: 'hangUp' },
    ]);
  const waiting = state.answer?.instructions.at(-1);
  return replyWith(state, waiting ? [waiting] : [{ type: 'hangUp' }]);
}

export function stream(state: CoreState, instructions: readonly Instruction[]): CoreState {
  return replyWith({ ...state, phase: 'streaming', epoch: state.epoch + 1, lastSeq: 0 }, instructions);
}

export function replyWith(state: CoreState, instructions: readonly Instruction[]): CoreState {
  const number = (state.answer?.number ?? 0) + 1;
  const { visit } = state;
  if (!visit || instructions.at(-1)?.type !== 'assistant') return { ...state, answer: { number, instructions } };
  const { gateway, nodeId, assistantVersionId } = visit;
  return {
    ...state,
    answer: { number, instructions, media: { gateway, epoch: state.epoch, nodeId, assistantVersionId } },
  };
}
