import type { CompiledFlow, CompiledGraph, CompiledNode } from './compiled.ts';
import type { NodeStep } from './node-spec.ts';
import type { NodeVisit } from './node-visit.ts';
import type { Decision, FlowEvent, FlowInstruction, FlowState } from './state.ts';
import { own } from './own.ts';

/** The work on one event; the state is a copy that belongs to it. */
export interface Walk {
  readonly flow: CompiledFlow;
  readonly event: FlowEvent;
  readonly state: FlowState;
  readonly instructions: FlowInstruction[];
  readonly decisions: Decision[];
  /** Instructions given when each decision was made. */
  readonly givenBy: number[];
  /** Of the step at hand. */
  notes: string[];
  readonly judge?: Judge;
}

/** May put another step in the place of a node's own: a replay knows what came of values that nobody may read any more. */
export type Judge = (node: CompiledNode, step: NodeStep, visit: NodeVisit, walk: Walk) => NodeStep;

/** The flow or subflow that runs. */
export function graphOf({ flow, state }: Pick<Walk, 'flow' | 'state'>): CompiledGraph {
  return state.subflow === undefined ? flow : (own(flow.subflows, state.subflow) ?? flow);
}
