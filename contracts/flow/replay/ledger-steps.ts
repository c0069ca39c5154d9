/** What nodes did by values that the ledger hides, and which nodes are the same in two versions. */
import type { CompiledFlow, CompiledNode } from '../compiled.ts';
import { masked } from '../masking.ts';
import type { NodeStep } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { own } from '../own.ts';
import type { Decision } from '../state.ts';
import type { Walk } from '../walk.ts';
import { isSameJson } from './same-json.ts';

export function nodeAt(flow: CompiledFlow, subflow: string | undefined, nodeId: string): CompiledNode | undefined {
  const graph = subflow === undefined ? flow : own(flow.subflows, subflow);
  return graph && own(graph.nodes, nodeId);
}

/** But for where their outcomes lead. */
export function isSameNode(one: CompiledNode, other: CompiledNode): boolean {
  return isSameJson({ ...one, edges: 0 }, { ...other, edges: 0 });
}

/** What the ledger says that a node did; undefined where the node's own step has to stand. */
export function fromLedger({ rule, outcome }: Decision, made: NodeStep): NodeStep | undefined {
  if ('enter' in made || 'return' in made) return undefined;
  if (rule === 'waits') return { wait: outcome };
  if (rule === 'end') return { end: outcome };
  return rule === 'edge' || rule === 'fault-edge' || rule === 'degraded-plan' ? { leave: outcome } : undefined;
}

/** What a guard decided is no step of the node. */
export const isGuard = ({ rule, outcome }: Decision): boolean =>
  outcome === 'fault' && (rule === 'fault-edge' || rule === 'degraded-plan');

/** What a node keeps of an answer that nobody may read is as hidden as the answer. */
export function hideIn(node: CompiledNode, visit: NodeVisit): void {
  for (const key of ['variable', 'result']) {
    const name: unknown = Reflect.get(node, key);
    if (typeof name === 'string') visit.set(name, masked);
  }
}

/** Whether the way on may depend on the values that a node looked at. */
export function decides({ type }: CompiledNode, made: NodeStep): boolean {
  return type === 'condition' || type === 'language' || ('leave' in made && made.leave === 'failed');
}

export function looksAtHidden(visit: NodeVisit, { state }: Walk): boolean {
  return Object.keys(visit.reasons().known ?? {}).some((path) => {
    const [group = '', ...names] = path.split('.');
    const { vars, facts } = state;
    const known: Readonly<Record<string, unknown>> = { vars, ...facts };
    let value: unknown = own(known, group);
    for (const name of names) {
      if (typeof value !== 'object' || value === null) break;
      value = Reflect.get(value, name);
    }
    return typeof value === 'string' && value.includes(masked);
  });
}
