/**
 * The flow engine: moves a call through its compiled flow, one event at a time. Pure: no clock, no randomness, no I/O;
 * the same code runs in the call's workflow, in the studio's simulator and in scenario tests.
 */
import type { Speech } from '../instructions.ts';
import type { LanguageTag } from '../languages.ts';
import { boundedEvent, boundedFacts } from './bounds.ts';
import type { CompiledFlow } from './compiled.ts';
import { contactFacts } from './contact-facts.ts';
import { specOf } from './catalogue.ts';
import { type OldFlowState, readState } from './migrate-state.ts';
import { leave, type NodeSpec, type NodeStep } from './node-spec.ts';
import { NodeVisit } from './node-visit.ts';
import type { Advance, FlowEvent, FlowState } from './state.ts';
import { decide, ended, walkFaultPath, walkFrom, walkOn } from './steps.ts';
import { graphOf, type Judge, type Walk } from './walk.ts';
import { own } from './own.ts';

/** More visits than these are not remembered between two events. */
const maxRememberedVisits = 64;

/** Moves the flow by one event. An event that fits nothing changes nothing, and a decision says so. */
export function advance(
  flow: CompiledFlow,
  before: FlowState | OldFlowState,
  event: FlowEvent,
  judge?: Judge,
): Advance {
  const read = readState(flow, before);
  const state: FlowState = { ...read.state };
  const atMs = Number.isFinite(event.atMs) ? Math.max(event.atMs, state.atMs) : state.atMs;
  const bounded = boundedEvent(event);
  const walk: Walk = {
    flow,
    event: atMs === bounded.atMs ? bounded : { ...bounded, atMs },
    state,
    instructions: [],
    decisions: [],
    givenBy: [],
    notes: bounded === event ? [...read.notes] : [...read.notes, 'what came was cut'],
    ...(judge && { judge }),
  };
  if (atMs > state.atMs || event.type === 'digits' || event.type === 'speech') state.visits = {};
  state.atMs = atMs;
  if (read.isLost && event.type !== 'hungUp') walkFaultPath(walk, 'fault', 'the state of the call could not be read');
  else take(walk);
  state.visits = remembered(state.visits);
  return { state, instructions: walk.instructions, decisions: walk.decisions, givenBy: walk.givenBy };
}

/** What the flow leaves on an answering machine that took a call of ours, if anything; also where it has begun already. */
export function messageForMachine(flow: CompiledFlow, before: FlowState, event: FlowEvent): Speech | undefined {
  if (flow.voicemailMessage === undefined || event.type !== 'started') return undefined;
  const [outermost] = before.callers;
  const state: FlowState = { ...before, subflow: undefined, vars: outermost?.vars ?? before.vars };
  const walk: Walk = { flow, event, state, instructions: [], decisions: [], givenBy: [], notes: [] };
  if (before.phase === 'new') begin(walk, event);
  return new NodeVisit(walk, flow.start).speech(flow.voicemailMessage);
}

function take(walk: Walk): void {
  const { state, event } = walk;
  if (state.phase === 'ended') return ignore(walk, 'the flow has ended');
  if (event.type === 'hungUp') {
    decide(walk, 'end', 'hungUp', 'hungUp');
    return ended(walk);
  }
  if (state.phase === 'new') {
    if (event.type !== 'started') return ignore(walk, 'the flow has not begun');
    begin(walk, event);
    return walkFrom(walk, walk.flow.start);
  }
  if (event.type === 'started') return ignore(walk, 'the flow has begun already');
  const { nodeId = '' } = state;
  const node = own(graphOf(walk).nodes, nodeId);
  const spec = node && specOf(node.type);
  if (!node || !spec) return walkFaultPath(walk, 'fault', 'the node that waited is not in this flow');
  if (event.visit !== undefined && event.visit !== state.visit)
    return ignore(walk, 'it belongs to a node that was left');
  const visit = new NodeVisit(walk, nodeId);
  const step = event.type === 'unanswered' ? failing(spec, event.why, visit) : spec.on?.(node, walk.event, visit);
  if (step === undefined) return ignore(walk, `a node of type "${node.type}" takes no such event`);
  walkOn(walk, node, step, visit);
}

function failing({ waits }: NodeSpec, why: string, visit: NodeVisit): NodeStep | undefined {
  if (waits !== 'world') return undefined;
  visit.because(why);
  return leave('failed');
}

function begin(walk: Walk, event: Extract<FlowEvent, { type: 'started' }>): void {
  const { call, caller, contactMissing } = event;
  const { flow, state, notes } = walk;
  const { contact, notes: unfitting } = contactFacts(flow, event.contact);
  const known = { call: boundedFacts(call), caller: boundedFacts(caller), contact: boundedFacts(contact) };
  notes.push(
    ...unfitting,
    ...(contactMissing === undefined ? [] : [`nothing is known of the contact: ${contactMissing}`]),
  );
  for (const [group, { cut }] of Object.entries(known)) if (cut) notes.push(`what is known of the ${group} was cut`);
  state.phase = 'waiting';
  state.facts = { call: known.call.facts, caller: known.caller.facts, contact: known.contact.facts, queue: {} };
  new NodeVisit(walk, flow.start).setDefaults();
  state.language = spokenLanguage(flow.languages, state.language);
}

/** The flow's own tag for the language of a call: the same, or of the same primary language, or the flow's first. */
function spokenLanguage(languages: readonly LanguageTag[], wanted: LanguageTag): LanguageTag {
  const primary = wanted.split('-')[0];
  return (
    languages.find((tag) => tag === wanted) ??
    languages.find((tag) => tag.split('-')[0] === primary) ??
    languages[0] ??
    wanted
  );
}

function ignore(walk: Walk, why: string): void {
  decide(walk, 'ignored', walk.event.type, walk.state.nodeId ?? walk.state.phase, undefined, why);
}

/** Nodes visited once count for nothing yet, and a state has room for so many only. */
function remembered(visits: FlowState['visits']): FlowState['visits'] {
  const all = Object.entries(visits);
  if (all.length <= maxRememberedVisits) return visits;
  return Object.fromEntries(all.filter(([, count]) => count > 1).slice(0, maxRememberedVisits));
}
