/** What the rules need to know of a flow, found out once. */
import { specOf } from '../catalogue.ts';
import { declarationsOf } from '../declared-variables.ts';
import type { FlowDocument } from '../document.ts';
import type { DrawnNode, NodeSpec } from '../node-spec.ts';
import type { Declarations } from '../variables.ts';
import { type Field, fieldsOf } from './fields.ts';
import { inspect, type Inspection, inspectText } from './inspection.ts';
import { pointer } from './problem.ts';
import { knownOf, ownOf, type NodeReference, referencesIn } from './references-of.ts';
import type { ValidationContext } from './validation-context.ts';

/** A node, or what the flow itself says: then without an id. */
export interface Part {
  id?: string;
  inspection: Inspection;
  fields: readonly Field[];
}

export interface ViewedNode extends Part {
  id: string;
  node: DrawnNode;
  spec: NodeSpec;
  outcomes: readonly string[];
  /** Where each outcome goes: its edge, else the fault edge; one that goes nowhere takes the degraded plan. */
  ways: readonly { outcome: string; target: string | undefined }[];
  references: readonly NodeReference[];
}

export interface FlowView {
  document: FlowDocument;
  context: ValidationContext;
  declared: Declarations;
  nodes: ReadonlyMap<string, ViewedNode>;
  /** The message for an answering machine. */
  message?: Part;
  /** Nodes that a call can come to. */
  reached: ReadonlySet<string>;
}

export function viewOf(document: FlowDocument, context: ValidationContext): FlowView {
  const declared = declarationsOf(document);
  const nodes = new Map<string, ViewedNode>();
  for (const [id, node] of Object.entries<DrawnNode>(document.nodes)) {
    const spec = specOf(node.type);
    if (!spec) continue;
    const fields = fieldsOf(node, pointer('nodes', id));
    const inspection = inspect(node, spec, declared, context);
    const references = referencesIn(fields);
    const outcomes = outcomesOf(node, spec, references, context);
    const ways = outcomes.map((outcome) => ({ outcome, target: targetOf(document, id, node, outcome) }));
    nodes.set(id, { id, node, spec, outcomes, ways, inspection, fields, references });
  }
  const { voicemailMessage } = document;
  const message = voicemailMessage !== undefined && {
    message: {
      inspection: inspectText(voicemailMessage, declared, context),
      fields: fieldsOf(voicemailMessage, '/voicemailMessage'),
    },
  };
  const reached = reachable(nodes, [document.start, document.fault]);
  return { document, context, declared, nodes, ...message, reached };
}

/** Everything in a flow that says something. */
export function partsOf({ nodes, message }: FlowView): readonly Part[] {
  return message ? [...nodes.values(), message] : [...nodes.values()];
}

/** What a node refers to may decide its outcomes: while it is not there, those that are drawn are taken for right. */
function outcomesOf(
  node: DrawnNode,
  spec: NodeSpec,
  references: readonly NodeReference[],
  context: ValidationContext,
): readonly string[] {
  const outcomes = spec.outcomes(node, context);
  if (references.every((reference) => isThere(reference, context))) return outcomes;
  return [...new Set([...outcomes, ...Object.keys(node.edges ?? {})])];
}

function isThere({ kind, to, version }: NodeReference, context: ValidationContext): boolean {
  const known = knownOf(kind, context);
  if (!known || !Object.hasOwn(known, to)) return known === undefined;
  const flow = kind === 'flows' ? ownOf(context.flows, to) : undefined;
  return flow === undefined || flow.versions[version ?? flow.liveVersion ?? NaN] !== undefined;
}

function reachable(nodes: ReadonlyMap<string, ViewedNode>, from: readonly (string | undefined)[]): Set<string> {
  const reached = new Set<string>();
  const open = from.filter((id) => id !== undefined);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const viewed = nodes.get(id);
    if (!viewed || reached.has(id)) continue;
    reached.add(id);
    for (const { target } of viewed.ways) if (target !== undefined) open.push(target);
  }
  return reached;
}

function targetOf(
  { nodes, fault }: FlowDocument,
  id: string,
  { edges = {} }: DrawnNode,
  outcome: string,
): string | undefined {
  const target = edges[outcome];
  if (target !== undefined && Object.hasOwn(nodes, target)) return target;
  return fault !== id && fault !== undefined && Object.hasOwn(nodes, fault) ? fault : undefined;
}
