import type { JsonObject } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import { own } from '../own.ts';
import { isSame } from './diff-values.ts';

/** By old id the new one: nodes that say the same under another name, where there is no doubt which is which. */
export function renamedNodes(before: JsonObject, after: JsonObject): ReadonlyMap<string, string> {
  const gone = Object.keys(before).filter((id) => !Object.hasOwn(after, id));
  const come = Object.keys(after).filter((id) => !Object.hasOwn(before, id));
  const renamed = new Map<string, string>();
  for (const id of gone) {
    const alike = come.filter((other) => isAlike(before[id], after[other]));
    const twins = gone.filter((other) => isAlike(before[other], before[id]));
    const [to] = alike;
    if (to !== undefined && alike.length === 1 && twins.length === 1) renamed.set(id, to);
  }
  return renamed;
}

/** The flow with its nodes under their new names, edges and positions included. */
export function withRenamed(flow: JsonObject, renamed: ReadonlyMap<string, string>): JsonObject {
  const name = (id: unknown): unknown => (typeof id === 'string' ? (renamed.get(id) ?? id) : id);
  const keyed = (record: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(record).map(([id, value]) => [renamed.get(id) ?? id, value]));
  const targets = (edges: JsonObject): object =>
    Object.fromEntries(Object.entries(edges).map(([outcome, id]) => [outcome, name(id)]));
  const { nodes, layout, start, fault, ...rest } = flow;
  const led = Object.entries(isObject(nodes) ? keyed(nodes) : {}).map(([id, node]) => {
    const edges = isObject(node) ? own(node, 'edges') : undefined;
    return [id, isObject(node) && isObject(edges) ? { ...node, edges: targets(edges) } : node];
  });
  const changed = {
    ...rest,
    ...(start !== undefined && { start: name(start) }),
    ...(fault !== undefined && { fault: name(fault) }),
    nodes: Object.fromEntries(led),
    ...(layout !== undefined && { layout: isObject(layout) ? keyed(layout) : layout }),
  };
  return JSON.parse(JSON.stringify(changed));
}

/** Apart from where it leads. */
function isAlike(one: unknown, other: unknown): boolean {
  if (!isNode(one) || !isNode(other)) return false;
  const { edges: _ways, ...said } = one;
  const { edges: _others, ...words } = other;
  return isSame(said, words);
}

function isNode(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
