/** A flow and its scenarios under the names of another tenant. */
import { AppError } from '../../errors.ts';
import type { Json, JsonObject } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import { own } from '../own.ts';
import { handedOn, type ReferenceKind, referenceFields } from '../validation/references-of.ts';
import { isList } from '../variables.ts';
import type { FlowBundle } from './bundle.ts';

/** By kind the other name of each id. `numbers` are those that a flow calls from. */
export type ReferenceMap = Readonly<Partial<Record<ReferenceKind | 'numbers', Readonly<Record<string, string>>>>>;

const kinds: Readonly<Record<string, keyof ReferenceMap>> = {
  assistant: 'assistants',
  queue: 'queues',
  tool: 'tools',
  calendar: 'calendars',
  prompt: 'prompts',
  flow: 'flows',
  agent: 'agents',
  webhook: 'webhooks',
  number: 'numbers',
};

/** Reads `assistant:sales=prodej`. Throws `config-invalid` where it makes no sense. */
export function readReferenceMap(entries: readonly string[]): ReferenceMap {
  const map: Partial<Record<keyof ReferenceMap, Record<string, string>>> = {};
  for (const entry of entries) {
    const [, kind = '', from = '', to = ''] = /^([a-z]+):([^=]+)=(.+)$/.exec(entry) ?? [];
    const known = own(kinds, kind);
    if (known === undefined)
      throw new AppError(
        'config-invalid',
        `"${entry}" is no mapping such as assistant:sales=prodej; the kinds are ${Object.keys(kinds).join(', ')}`,
      );
    map[known] = { ...map[known], [from]: to };
  }
  return map;
}

/** The bundle with every mapped name replaced: in its nodes, in its scenarios, and among what comes with it. */
export function mapReferences(bundle: FlowBundle, map: ReferenceMap): FlowBundle {
  const { flow, scenarios, references = {}, leftOut } = bundle;
  const drawn: JsonObject = JSON.parse(JSON.stringify(flow));
  const nodes = isObject(drawn['nodes']) ? drawn['nodes'] : {};
  const mapped = Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, mapNode(node, map)]));
  const ids = new Set(Object.keys(nodes));
  const parts: JsonObject = JSON.parse(JSON.stringify(references));
  return JSON.parse(
    JSON.stringify({
      ...bundle,
      leftOut: leftOut.map((place) => mapPlace(place, map)),
      flow: { ...drawn, nodes: mapped },
      scenarios: Object.fromEntries(Object.entries(scenarios).map(([id, each]) => [id, mapScenario(each, map, ids)])),
      ...(bundle.references && { references: mapParts(parts, map) }),
    }),
  );
}

function mapNode(value: Json, map: ReferenceMap, at = ''): Json {
  if (isList(value)) return value.map((item) => mapNode(item, map, at));
  if (!isObject(value) || handedOn.test(at)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]): [string, Json] => {
      const kind = own(referenceFields, key);
      if (typeof inner === 'string' && kind !== undefined) return [key, renamed(map, kind, inner)];
      if (typeof inner === 'string' && key === 'callerId') return [key, renamed(map, 'numbers', inner)];
      if (key === 'people' && isList(inner)) return [key, inner.map((id) => renamedJson(map, 'agents', id))];
      return [key, mapNode(inner, map, `${at}/${key}`)];
    }),
  );
}

/** Answers go by a node's id or by what the node asks. */
const answerKinds: Readonly<Record<string, ReferenceKind>> = {
  tools: 'tools',
  assistants: 'assistants',
  queues: 'queues',
  agents: 'agents',
  staffing: 'queues',
};

function mapScenario(value: Json, map: ReferenceMap, nodeIds: ReadonlySet<string>, key = ''): Json {
  if (isList(value)) return value.map((item) => mapScenario(item, map, nodeIds, key));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]): [string, Json] => {
      if (name === 'references' && isObject(inner)) return [name, mapParts(inner, map)];
      const answers = key === 'answers' ? own(answerKinds, name) : undefined;
      if (answers !== undefined && isObject(inner)) return [name, mapKeys(inner, map, answers, nodeIds)];
      if (name === 'tool' && key === 'tools') return [name, renamedJson(map, 'tools', inner)];
      if (name === 'prompt' && key === 'said') return [name, renamedJson(map, 'prompts', inner)];
      if (name === 'to' && key === 'notified')
        return [name, renamedJson(map, 'agents', renamedJson(map, 'webhooks', inner))];
      return [name, mapScenario(inner, map, nodeIds, name)];
    }),
  );
}

function mapParts(parts: JsonObject, map: ReferenceMap): JsonObject {
  return Object.fromEntries(
    Object.entries(parts).map(([kind, byId]): [string, Json] => {
      const known = Object.values(kinds).find((each) => each === kind);
      if (known === undefined || !isObject(byId)) return [kind, byId];
      const renamedParts = mapKeys(byId, map, known, new Set());
      if (kind !== 'tools') return [kind, renamedParts];
      return [kind, Object.fromEntries(Object.entries(renamedParts).map(([id, tool]) => [id, named(tool, id)]))];
    }),
  );
}

const named = (tool: Json, toolId: string): Json => (isObject(tool) && 'toolId' in tool ? { ...tool, toolId } : tool);

function mapKeys(
  byId: JsonObject,
  map: ReferenceMap,
  kind: keyof ReferenceMap,
  nodeIds: ReadonlySet<string>,
): JsonObject {
  return Object.fromEntries(
    Object.entries(byId).map(([id, value]) => [nodeIds.has(id) ? id : renamed(map, kind, id), value]),
  );
}

function mapPlace(place: string, map: ReferenceMap): string {
  const [, kind = '', id = '', rest = ''] =
    /^(tools|webhooks)\.(.+?)\.((?:headers\..*)|endpoint|body|url|secret)$/.exec(place) ?? [];
  return kind === 'tools' || kind === 'webhooks' ? `${kind}.${renamed(map, kind, id)}.${rest}` : place;
}

function renamed(map: ReferenceMap, kind: keyof ReferenceMap, id: string): string {
  return own(map[kind], id) ?? id;
}

function renamedJson(map: ReferenceMap, kind: keyof ReferenceMap, id: Json): Json {
  return typeof id === 'string' ? renamed(map, kind, id) : id;
}
