/** Does to a flow what a difference says: the proof that the difference says everything. */
import type { FlowDocument } from '../../document.ts';
import type { FlowChange, FlowDiff } from '../change.ts';
import { withRenamed } from '../renamed-nodes.ts';

type Tree = Record<string, unknown>;

export function applied(before: FlowDocument, { changes, moved }: FlowDiff): FlowDocument {
  const renamed = new Map(
    changes.flatMap((change) => (change.type === 'nodeRenamed' ? [[change.before, change.nodeId] as const] : [])),
  );
  const flow = JSON.parse(JSON.stringify(withRenamed(JSON.parse(JSON.stringify(before)), renamed)));
  for (const change of changes) apply(flow, change);
  if (moved.length > 0) flow.layout ??= {};
  for (const { nodeId, after } of moved) put(flow.layout, nodeId, after);
  return flow;
}

function apply(flow: { nodes: Tree }, change: FlowChange): void {
  switch (change.type) {
    case 'nodeRenamed':
      return;
    case 'nodeAdded':
      return put(flow.nodes, change.nodeId, change.node);
    case 'nodeRemoved':
      return put(flow.nodes, change.nodeId, undefined);
    case 'typeChanged':
      return put(flow.nodes, change.nodeId, change.after);
    case 'edge':
      return put(treeAt(flow.nodes, [change.nodeId, 'edges']), change.outcome, change.after);
    case 'field': {
      const at = [...(change.nodeId === undefined ? [] : ['nodes', change.nodeId]), ...change.path];
      return set(flow, at, change.after);
    }
    case 'order': {
      const at = [...(change.nodeId === undefined ? [] : ['nodes', change.nodeId]), ...change.path];
      const list = valueAt(flow, at);
      if (!Array.isArray(list)) throw new Error(`there is no list at ${at.join('.')}`);
      list.sort((one, other) => change.after.indexOf(nameOf(one)) - change.after.indexOf(nameOf(other)));
    }
  }
}

function set(root: unknown, path: readonly string[], value: unknown): void {
  const parent = valueAt(root, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (!Array.isArray(parent)) return put(isTree(parent) ? parent : {}, last, value);
  const index = parent.findIndex((item) => nameOf(item) === last);
  if (index < 0) parent.push(value);
  else if (value === undefined) parent.splice(index, 1);
  else parent[index] = value;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const step of path)
    value = Array.isArray(value)
      ? value.find((item) => nameOf(item) === step)
      : isTree(value)
        ? value[step]
        : undefined;
  return value;
}

function treeAt(root: unknown, path: readonly string[]): Tree {
  const value = valueAt(root, path);
  if (!isTree(value)) throw new Error(`there is nothing at ${path.join('.')}`);
  return value;
}

function put(tree: Tree, key: string, value: unknown): void {
  if (value === undefined) delete tree[key];
  else tree[key] = value;
}

function nameOf(item: unknown): string {
  if (!isTree(item)) return '';
  return String(item['outcome'] ?? item['name'] ?? item['variable']);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
