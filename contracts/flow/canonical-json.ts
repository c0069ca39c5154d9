import type { Json, JsonObject } from '../tools.ts';
import { isObject } from './bounds.ts';
import { specOf } from './catalogue.ts';
import { type FlowDocument, FlowFrameSchema } from './document.ts';
import { isList } from './variables.ts';

const frameOrder = Object.keys(FlowFrameSchema.properties);

/**
 * A flow as text, the same for the same flow whatever order its keys came in: the document's and each node's own keys
 * stand as in their schemas, what people named themselves by the alphabet. Two spaces, and a line's end at the end.
 */
export function stringifyFlow(document: FlowDocument): string {
  return `${JSON.stringify(canonicalFlow(document), null, 2)}\n`;
}

/** The same as an object, for texts that a flow is a part of. */
export function canonicalFlow(document: FlowDocument): JsonObject {
  const json: JsonObject = JSON.parse(JSON.stringify(document));
  const flow = inOrder(json, frameOrder);
  const nodes = isObject(flow['nodes']) ? flow['nodes'] : {};
  return { ...flow, nodes: mapNodes(nodes) };
}

function mapNodes(nodes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(nodes).map(([nodeId, node]) => {
      if (!isObject(node)) return [nodeId, node];
      const { type } = node;
      return [nodeId, inOrder(node, Object.keys((typeof type === 'string' && specOf(type)?.schema.properties) || {}))];
    }),
  );
}

/** The known keys first and in that order, all below by the alphabet. */
export function inOrder(object: JsonObject, order: readonly string[]): JsonObject {
  const known = order.filter((key) => Object.hasOwn(object, key));
  const others = Object.keys(object).filter((key) => !order.includes(key));
  return Object.fromEntries([...known, ...others.toSorted()].map((key) => [key, sorted(object[key] ?? null)]));
}

function sorted(value: Json): Json {
  if (isObject(value)) return inOrder(value, []);
  return isList(value) ? value.map(sorted) : value;
}
