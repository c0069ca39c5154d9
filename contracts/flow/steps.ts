/**
 * The steps of a walk: nodes entered and left, subflows entered and left, and what happens where there is no way on.
 *
 * (a) An outcome without an edge and a guard take the fault path: the flow's fault edge; in a subflow then the fault
 *     edges of the flows that wait for it, innermost first; at last the number's degraded plan.
 * (b) Each node that is left, waits or refuses an event is one decision; the event stands in the first.
 * (c) Guards: `maxSteps` a call, `maxVisits` of one node while nobody does anything and no time passes, `maxSubflows`
 *     within each other. The first that fires takes the fault path, the second the degraded plan.
 */
import type { Json } from '../tools.ts';
import { specOf } from './catalogue.ts';
import type { CompiledNode } from './compiled.ts';
import { recorded } from './masking.ts';
import type { NodeStep } from './node-spec.ts';
import { NodeVisit } from './node-visit.ts';
import type { Decision } from './state.ts';
import { graphOf, type Walk } from './walk.ts';
import { own } from './own.ts';

export const maxSteps = 1_000;
/** What a call may still do on its fault path when it has used up its steps. */
const moreStepsOnFaultPath = 50;
export const maxVisits = 10;
export const maxSubflows = 8;

type Rule = Decision['rule'];
type Next = string | undefined;

/** Enters this node and what follows it, until one waits or the call ends. */
export function walkFrom(walk: Walk, firstId: string): void {
  let nodeId: Next = firstId;
  while (nodeId !== undefined) nodeId = enter(walk, nodeId);
}

/** Goes on from the node that waited, after the step that its event led to. */
export function walkOn(walk: Walk, node: CompiledNode, step: NodeStep, visit: NodeVisit): void {
  const next = take(walk, node, step, visit);
  if (next !== undefined) walkFrom(walk, next);
}

/** Takes the fault path from where the call is. */
export function walkFaultPath(walk: Walk, outcome: string, why: string): void {
  const next = fault(walk, outcome, why);
  if (next !== undefined) walkFrom(walk, next);
}

function enter(walk: Walk, nodeId: string): Next {
  const { state } = walk;
  const visits = (own(state.visits, nodeId) ?? 0) + 1;
  state.nodeId = nodeId;
  state.enteredAtMs = walk.event.atMs;
  if (state.steps >= maxSteps + (state.guarded > 0 ? moreStepsOnFaultPath : 0))
    return guard(walk, `a call takes at most ${maxSteps} steps`);
  if (visits > maxVisits) return guard(walk, `it was entered ${maxVisits} times while nothing happened`);
  const node = own(graphOf(walk).nodes, nodeId);
  if (!node) return fault(walk, 'fault', 'the flow has no such node');
  const spec = specOf(node.type);
  if (!spec) return fault(walk, 'fault', `this version knows no node of type "${node.type}"`);
  state.steps += 1;
  state.visit = state.steps;
  state.visits = { ...state.visits, [nodeId]: visits };
  state.attempts = 0;
  state.memory = {};
  const visit = new NodeVisit(walk, nodeId);
  return take(walk, node, spec.enter(node, visit), visit);
}

function take(walk: Walk, node: CompiledNode, made: NodeStep, visit: NodeVisit): Next {
  const step = walk.judge?.(node, made, visit, walk) ?? made;
  if ('wait' in step) {
    decide(walk, 'waits', step.wait, visit.nodeId, visit);
    return undefined;
  }
  if ('leave' in step) return follow(walk, node, step.leave, visit);
  if ('end' in step) {
    decide(walk, 'end', step.end, 'hang-up', visit);
    return ended(walk);
  }
  if ('enter' in step) return enterSubflow(walk, step.enter, step.inputs, visit);
  return returnFrom(walk, step.return, visit);
}

function follow(walk: Walk, node: CompiledNode, outcome: string, visit?: NodeVisit): Next {
  const target = own(node.edges, outcome);
  if (target === undefined) return fault(walk, outcome, 'the outcome has no edge', visit);
  decide(walk, 'edge', outcome, target, visit);
  return target;
}

function enterSubflow(walk: Walk, key: string, inputs: Readonly<Record<string, Json>>, visit: NodeVisit): Next {
  const { state, flow } = walk;
  const graph = own(flow.subflows, key);
  if (!graph) return fault(walk, 'fault', `the subflow ${key} did not come with the flow`, visit);
  if (state.callers.length >= maxSubflows)
    return guard(walk, `subflows stand at most ${maxSubflows} within each other`, visit);
  decide(walk, 'subflow', 'entered', key, visit);
  const { subflow, vars, enteredAtMs, visit: stay } = state;
  state.callers = [...state.callers, { subflow, nodeId: visit.nodeId, visit: stay, enteredAtMs, vars }];
  state.subflow = key;
  visit.setDefaults();
  for (const [name, value] of Object.entries(inputs)) visit.setTyped(name, value);
  return graph.start;
}

/** Back to the flow that waits, whose `subflow` node is left with the name of the return. */
function returnFrom(walk: Walk, name: string, visit: NodeVisit): Next {
  const inner = walk.state.vars;
  decide(walk, 'return', name, walk.state.callers.at(-1)?.nodeId ?? 'nowhere', visit);
  if (!goUp(walk)) return fault(walk, name, 'there is no flow to return to');
  const { nodeId = '' } = walk.state;
  const node = own(graphOf(walk).nodes, nodeId);
  if (!node) return fault(walk, name, 'the flow has no such node');
  const outer = new NodeVisit(walk, nodeId);
  return take(walk, node, specOf(node.type)?.returned?.(node, { name, vars: inner }, outer) ?? { leave: name }, outer);
}

/** Leaves the subflow that runs; false in the flow itself. */
function goUp({ state }: Walk): boolean {
  const caller = state.callers.at(-1);
  if (!caller) return false;
  const { subflow, nodeId, visit, enteredAtMs, vars } = caller;
  Object.assign(state, { subflow, nodeId, visit, enteredAtMs, vars, callers: state.callers.slice(0, -1) });
  return true;
}

function guard(walk: Walk, why: string, visit?: NodeVisit): Next {
  walk.state.guarded += 1;
  if (walk.state.guarded > 1) return degrade(walk, 'fault', why, visit);
  walk.state.visits = {};
  return fault(walk, 'fault', why, visit);
}

function fault(walk: Walk, outcome: string, why: string, visit?: NodeVisit): Next {
  const { state } = walk;
  const from = { ...state };
  do {
    const { fault: target } = graphOf(walk);
    if (target === undefined || target === state.nodeId) continue;
    decide(walk, 'fault-edge', outcome, target, visit, why, from);
    return target;
  } while (goUp(walk));
  return degrade(walk, outcome, why, visit, from);
}

function degrade(walk: Walk, outcome: string, why: string, visit?: NodeVisit, from: Walk['state'] = walk.state): Next {
  walk.instructions.push({ type: 'degraded' });
  decide(walk, 'degraded-plan', outcome, 'degraded-plan', visit, why, from);
  return ended(walk);
}

/** Nothing waits any more. */
export function ended({ state }: Walk): undefined {
  state.phase = 'ended';
  state.nodeId = undefined;
  state.subflow = undefined;
  state.callers = [];
}

/** Writes the decision about the step at hand; `from` is where the call was when it was made. */
export function decide(
  walk: Walk,
  rule: Rule,
  outcome: string,
  wentTo: string,
  visit?: NodeVisit,
  why?: string,
  from: Walk['state'] = walk.state,
): void {
  const { event, decisions, notes } = walk;
  const graph = graphOf({ flow: walk.flow, state: from });
  const nodeId = visit?.nodeId ?? from.nodeId ?? graph.start;
  const node = own(graph.nodes, nodeId);
  const reasons = visit?.reasons() ?? {};
  const all = why === undefined || reasons.because === undefined ? notes : [reasons.because, ...notes];
  decisions.push({
    step: from.steps,
    nodeId,
    nodeType: node?.type ?? 'unknown',
    ...(from.subflow !== undefined && { subflow: from.subflow }),
    ...(decisions.length === 0 && { event: recorded(event, walk.flow, node?.sensitive === true) }),
    outcome,
    wentTo,
    rule,
    ...reasons,
    ...(why !== undefined && { because: why }),
    ...(all.length > 0 && { notes: all }),
    durationMs: Math.max(0, event.atMs - from.enteredAtMs),
    atMs: event.atMs,
  });
  walk.givenBy.push(walk.instructions.length);
  walk.notes = [];
}
