/** One step of a call's flow: what the engine makes of an event, told apart by who carries it out. Pure. */
import { isEffect, isQuestion, type Question } from '../../contracts/flow/effects.ts';
import { advance } from '../../contracts/flow/engine.ts';
import { startedEvent } from '../../contracts/flow/started-event.ts';
import type { Decision, EventDetail, FlowEvent, FlowState } from '../../contracts/flow/state.ts';
import type { Instruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { CoreState, WalkedNode } from './call-state.ts';
import { recordingOrdered } from './recording-wish.ts';

/** Nodes that operators are shown. */
const maxWalked = 20;

/** An event without its time. */
export type Happened = EventDetail & Pick<FlowEvent, 'visit'>;

export interface FlowStep {
  state: CoreState;
  /** The carrier's. */
  instructions: readonly Instruction[];
  /** What the flow waits for that is not the carrier's; then it is the last thing that it wants. */
  question?: Question | undefined;
}

export function stepFlow(call: CallInput, state: CoreState, event: Happened, atMs: number): FlowStep {
  const step = advance(call.flow.compiled, state.flow, { ...event, atMs });
  const instructions: Instruction[] = [];
  const orders = [...state.orders];
  let { recording } = state;
  let question: Question | undefined;
  for (const wanted of step.instructions) {
    if (!isEffect(wanted))
      instructions.push(wanted.type === 'degraded' ? { type: 'degraded', plan: call.degradedPlan } : wanted);
    else if (isQuestion(wanted)) question = wanted;
    else if (wanted.type === 'record') recording = recordingOrdered(recording, wanted.action);
    else orders.push(wanted);
  }
  return { state: { ...decided(state, step.state, step.decisions), orders, recording }, instructions, question };
}

/** What the flow knows of the call from its beginning. */
export function started(
  { callId, direction, from, to, flow }: CallInput,
  atMs: number,
): Extract<EventDetail, { type: 'started' }> {
  const [ourNumber, theirNumber] = direction === 'inbound' ? [to, from] : [from, to];
  return startedEvent({ callId, direction, ourNumber, theirNumber, flowVersion: flow.version }, atMs);
}

export function decided(state: CoreState, flow: FlowState, made: readonly Decision[]): CoreState {
  const numbered = made.map((decision, i) => ({ ...decision, index: state.decided + i + 1 }));
  const left = made.filter(({ rule }) => rule !== 'waits' && rule !== 'ignored').map(walkedNode);
  return {
    ...state,
    flow,
    walked: [...state.walked, ...left].slice(-maxWalked),
    decisions: [...state.decisions, ...numbered],
    decided: state.decided + made.length,
  };
}

function walkedNode({ nodeId, nodeType, outcome, atMs, subflow }: Decision): WalkedNode {
  return { nodeId, nodeType, outcome, atMs, ...(subflow !== undefined && { subflow }) };
}
