/** What changed from one flow to another, for people; what only stands elsewhere on the canvas is kept apart. */
import type { Json, JsonObject } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import type { FlowDocument } from '../document.ts';
import { own } from '../own.ts';
import { isList } from '../variables.ts';
import type { FlowChange, FlowDiff } from './change.ts';
import { diffValues, isSame, type ValueChange } from './diff-values.ts';
import { renamedNodes, withRenamed } from './renamed-nodes.ts';

/** Complete: what it says, done to `before`, makes `after`. Empty for the same flow, whatever order its keys came in. */
export function diffFlows(before: FlowDocument, after: FlowDocument): FlowDiff {
  const now = jsonOf(after);
  const drawn = jsonOf(before);
  const renamed = renamedNodes(partOf(drawn, 'nodes'), partOf(now, 'nodes'));
  const then = withRenamed(drawn, renamed);
  const languages = new Set([...textsOf(then['languages']), ...textsOf(now['languages'])]);
  const told = (change: ValueChange, nodeId?: string): FlowChange => {
    const language = change.path.at(-1) ?? '';
    const isText = change.type === 'field' && languages.has(language) && !isObject(change.before ?? change.after);
    return { ...change, ...(nodeId !== undefined && { nodeId }), ...(isText && { language }) };
  };
  const { nodes: nodesThen, layout: layoutThen, ...restThen } = then;
  const { nodes: nodesNow, layout: layoutNow, ...restNow } = now;
  const changes = [
    ...diffValues(restThen, restNow, []).map((change) => told(change)),
    ...[...renamed].map(([was, nodeId]): FlowChange => ({ type: 'nodeRenamed', nodeId, before: was })),
    ...diffNodes(nodesThen, nodesNow, told),
  ];
  return { changes, moved: movedNodes(layoutThen, layoutNow) };
}

function diffNodes(
  before: Json | undefined,
  after: Json | undefined,
  told: (change: ValueChange, nodeId: string) => FlowChange,
): FlowChange[] {
  return idsOf(before, after).flatMap((nodeId) => {
    const [was, is] = [memberOf(before, nodeId), memberOf(after, nodeId)];
    if (!is) return was ? [{ type: 'nodeRemoved', nodeId, node: was }] : [];
    if (!was) return [{ type: 'nodeAdded', nodeId, node: is }];
    if (was['type'] !== is['type']) return [{ type: 'typeChanged', nodeId, before: was, after: is }];
    const { edges: waysThen, ...saidThen } = was;
    const { edges: waysNow, ...saidNow } = is;
    return [
      ...diffValues(saidThen, saidNow, []).map((change) => told(change, nodeId)),
      ...diffEdges(nodeId, waysThen, waysNow),
    ];
  });
}

function diffEdges(nodeId: string, before: Json | undefined, after: Json | undefined): FlowChange[] {
  const changes = idsOf(before, after).flatMap((outcome): FlowChange[] => {
    const [was, is] = [wayOf(before, outcome), wayOf(after, outcome)];
    if (was === is) return [];
    return [
      {
        type: 'edge',
        nodeId,
        outcome,
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      },
    ];
  });
  // A last node may have no edges or none at all.
  const isNoticed = changes.length > 0 || isSame(before, after);
  return isNoticed
    ? changes
    : [{ type: 'field', nodeId, path: ['edges'], ...(before && { before }), ...(after && { after }) }];
}

function movedNodes(before: Json | undefined, after: Json | undefined): FlowDiff['moved'] {
  return idsOf(before, after).flatMap((nodeId) => {
    const [was, is] = [memberOf(before, nodeId), memberOf(after, nodeId)];
    return isSame(was, is) ? [] : [{ nodeId, ...(was && { before: was }), ...(is && { after: is }) }];
  });
}

function jsonOf(document: FlowDocument): JsonObject {
  return JSON.parse(JSON.stringify(document));
}

function partOf(flow: JsonObject, name: string): JsonObject {
  const part = flow[name];
  return isObject(part) ? part : {};
}

const idsOf = (before: Json | undefined, after: Json | undefined): string[] => [
  ...new Set([...(isObject(before) ? Object.keys(before) : []), ...(isObject(after) ? Object.keys(after) : [])]),
];

function memberOf(record: Json | undefined, key: string): JsonObject | undefined {
  const value = isObject(record) ? own(record, key) : undefined;
  return isObject(value) ? value : undefined;
}

function wayOf(edges: Json | undefined, outcome: string): string | undefined {
  const to = isObject(edges) ? own(edges, outcome) : undefined;
  return typeof to === 'string' ? to : undefined;
}

function textsOf(list: Json | undefined): string[] {
  return isList(list) ? list.filter((item) => typeof item === 'string') : [];
}
