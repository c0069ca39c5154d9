/** How a call's core makes its answers: what the flow engine wants, numbered, with the media that an assistant needs. Pure. */
import { afterFirstWait } from '../../contracts/degraded-plan.ts';
import { advance } from '../../contracts/flow/engine.ts';
import type { Advance, FlowEvent, FlowState } from '../../contracts/flow/state.ts';
import type { GatewayRef, Instruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { CoreState, Visit } from './call-state.ts';

/** Ways back to an assistant that nobody can run, within one answer. */
const maxRefusals = 5;

type AssistantInstruction = Extract<Instruction, { type: 'assistant' }>;

/** Moves the flow by one event and turns what it wants into the next answer. */
export function answer(
  call: CallInput,
  state: CoreState,
  event: FlowEvent,
  gateway: GatewayRef | undefined,
  atMs: number,
): CoreState {
  let step = move(call, state.flow, event);
  const instructions = [...step.instructions];
  const made = [...step.decisions];
  for (let refusals = 0; ; refusals++) {
    const last = instructions.at(-1);
    if (last?.type !== 'assistant' || (gateway && call.flow.assistants[last.assistantId])) break;
    instructions.pop();
    if (refusals >= maxRefusals) {
      instructions.push({ type: 'degraded', plan: call.degradedPlan });
      step = { ...step, state: { ...step.state, phase: 'ended', nodeId: undefined } };
      break;
    }
    step = move(call, step.state, { type: 'assistantLeft', outcome: 'failed' });
    instructions.push(...step.instructions);
    made.push(...step.decisions);
  }
  const timed = made.map((decision, i) => ({ ...decision, index: state.decided + i + 1, atMs }));
  const next: CoreState = {
    ...state,
    flow: step.state,
    decisions: [...state.decisions, ...timed],
    decided: state.decided + made.length,
  };
  return conclude(call, next, instructions, gateway, atMs);
}

function move(call: CallInput, flow: FlowState, event: FlowEvent): Advance {
  return advance(call.flow.document, { degradedPlan: call.degradedPlan }, flow, event);
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
    const visit = newVisit(call, last, gateway);
    return visit ? stream({ ...state, visit }, instructions) : state; // `answer` has seen to both
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
  { nodeId, assistantId }: AssistantInstruction,
  gateway: GatewayRef | undefined,
): Visit | undefined {
  const assistant = call.flow.assistants[assistantId];
  return assistant && gateway
    ? { nodeId, assistantId, assistantVersionId: assistant.versionId, gateway, spoken: false, deathsAtMs: [] }
    : undefined;
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
