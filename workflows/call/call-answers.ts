/** How a call's core makes its answers: what the flow engine wants, numbered, with the media that an assistant needs. Pure. */
import { afterFirstWait } from '../../contracts/degraded-plan.ts';
import { isEffect } from '../../contracts/flow/effects.ts';
import { countryOfNumber } from '../../contracts/flow/conditions/phone-prefixes.ts';
import { advance } from '../../contracts/flow/engine.ts';
import type { Decision, EventDetail, FlowInstruction, FlowState } from '../../contracts/flow/state.ts';
import type { AssistantInstruction, GatewayRef, Instruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { CoreState, Visit } from './call-state.ts';

/** Assistants on one stream: beyond it the carrier asks in between, which paces a flow that goes in circles. */
export const maxVisitsOnStream = 20;
/** How often a caller waits a moment for a gateway: one that is started again is up by then. */
export const maxGatewayWaits = 5;
const gatewayWaitMs = 1_000;
/** Ways back to an assistant that nobody can run, within one answer. */
const maxRefusals = 5;

/** Moves the flow by one event and turns what it wants into the next answer. */
export function answer(
  call: CallInput,
  state: CoreState,
  event: EventDetail,
  gateway: GatewayRef | undefined,
  atMs: number,
): CoreState {
  let step = move(call, state.flow, event, atMs);
  const instructions = [...step.instructions];
  const made = [...step.decisions];
  const wanted = instructions.at(-1);
  const mayWait = !gateway && (state.gatewayWait?.asked ?? 0) < maxGatewayWaits;
  if (mayWait && wanted?.type === 'assistant' && call.flow.assistants[wanted.assistantId])
    return askAgain(decided(state, step.state, made), wanted, instructions.slice(0, -1));
  for (let refusals = 0; ; refusals++) {
    const last = instructions.at(-1);
    if (last?.type !== 'assistant' || (gateway && call.flow.assistants[last.assistantId])) break;
    instructions.pop();
    if (refusals >= maxRefusals) {
      instructions.push({ type: 'degraded', plan: call.degradedPlan });
      step = { ...step, state: { ...step.state, phase: 'ended', nodeId: undefined } };
      break;
    }
    step = move(call, step.state, { type: 'assistantLeft', outcome: 'failed' }, atMs);
    instructions.push(...step.instructions);
    made.push(...step.decisions);
  }
  return conclude(call, decided(state, step.state, made), instructions, gateway, atMs);
}

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
export function goOn(call: CallInput, state: CoreState, outcome: string, atMs: number): CoreState | undefined {
  const { visit } = state;
  if (!visit?.stream || visit.before + 1 >= maxVisitsOnStream) return undefined;
  const step = move(call, state.flow, { type: 'assistantLeft', outcome }, atMs);
  const [only, ...more] = step.instructions;
  if (only?.type !== 'assistant' || more.length > 0) return undefined;
  const { stream: same, gateway, before } = visit;
  const next = newVisit(call, state, only, gateway, atMs);
  if (!next) return undefined;
  const gone: CoreState = { ...state, spoken: true, visits: next.number };
  return decided({ ...gone, visit: { ...next, stream: same, before: before + 1 } }, step.state, step.decisions);
}

/** What the flow knows of the call from its beginning. */
export function started({ callId, direction, from, to, flow }: CallInput, atMs: number): EventDetail {
  const [ours, theirs] = direction === 'inbound' ? [to, from] : [from, to];
  const country = countryOfNumber(theirs);
  return {
    type: 'started',
    call: { id: callId, direction, number: ours, startedAtMs: atMs, flowVersion: flow.version },
    caller: { number: theirs, anonymous: !theirs.startsWith('+'), ...(country !== undefined && { country }) },
  };
}

export function decided(state: CoreState, flow: FlowState, made: readonly Decision[]): CoreState {
  const numbered = made.map((decision, i) => ({ ...decision, index: state.decided + i + 1 }));
  return { ...state, flow, decisions: [...state.decisions, ...numbered], decided: state.decided + made.length };
}

function move(call: CallInput, flow: FlowState, event: EventDetail, atMs: number) {
  const { state, instructions, decisions } = advance(call.flow.compiled, flow, { ...event, atMs });
  return { state, decisions, instructions: instructions.flatMap((wanted) => forCarrier(call, wanted)) };
}

/** The flow's effects have no form in calls yet: nodes that ask for them are refused at publishing. */
function forCarrier({ degradedPlan: plan }: CallInput, wanted: FlowInstruction): Instruction[] {
  if (wanted.type === 'degraded') return [{ type: 'degraded', plan }];
  return isEffect(wanted) ? [] : [wanted];
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
  { nodeId, assistantId }: AssistantInstruction,
  gateway: GatewayRef | undefined,
  sinceMs: number,
): Visit | undefined {
  const assistant = call.flow.assistants[assistantId];
  if (!assistant || !gateway) return undefined;
  const { versionId: assistantVersionId } = assistant;
  const fresh = { spoken: false, before: 0, deathsAtMs: [] };
  return { number: visits + 1, sinceMs, nodeId, assistantId, assistantVersionId, gateway, ...fresh };
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
