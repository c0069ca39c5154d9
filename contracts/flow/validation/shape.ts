import { Compile } from 'typebox/compile';
import { nodeSpecs, specOf } from '../catalogue.ts';
import { type FlowDocument, FlowFrameSchema } from '../document.ts';
import type { NodeSpec } from '../node-spec.ts';
import { nearestName } from '../nearest-name.ts';
import { patterns } from '../schema-parts.ts';
import { formWords, type ShapeFault, shapeFaults } from '../shape-faults.ts';
import { type Problem, pointer, problem } from './problem.ts';

const frame = Compile(FlowFrameSchema);
const nodeIdForm = new RegExp(patterns.nodeId);
const byType = new Map<string, ReturnType<typeof compileSchema>>();

/** Compiled when the first node of its type is judged. */
function checkerOf(spec: NodeSpec): ReturnType<typeof compileSchema> {
  const known = byType.get(spec.type) ?? compileSchema(spec);
  byType.set(spec.type, known);
  return known;
}

const compileSchema = ({ schema }: NodeSpec) => Compile(schema);

/** Whether it has the shape of a flow; whether it can be run is for the rules to say. */
export function hasFlowShape(json: unknown): json is FlowDocument {
  if (!frame.Check(json)) return false;
  return Object.values(json.nodes).every((node) => {
    const spec = specOf(node.type);
    return spec !== undefined && checkerOf(spec).Check(node);
  });
}

/**
 * Ids of nodes that are none. They are no part of the shape: a version that was published with one, on a node that nothing
 * can lead to, is still read.
 */
export function nodeIdProblems(nodes: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(nodes).flatMap((nodeId) => {
    if (nodeIdForm.test(nodeId)) return [];
    const { en, cs } = formWords(patterns.nodeId);
    return problem(
      'bad-node-id',
      { nodeId },
      `"${nodeId}" is no id of a node: 1 to 64 ${en}; it begins with a letter`,
      `„${nodeId}“ není identifikátor uzlu: 1 až 64 znaků, ${cs}; na začátku je písmeno`,
    );
  });
}

/** Where a document is not of the shape. Each node is judged by its own type's schema, which names the fault. */
export function shapeProblems(json: unknown): Problem[] {
  if (!frame.Check(json))
    return shapeFaults(frame.Errors(json), Object.keys(FlowFrameSchema.properties)).map((fault) => misshapen(fault));
  const ofNodes = Object.entries(json.nodes).flatMap(([nodeId, node]) => {
    const spec = specOf(node.type);
    if (!spec) return [unknownType(nodeId, node.type)];
    if (checkerOf(spec).Check(node)) return [];
    return shapeFaults(checkerOf(spec).Errors(node), Object.keys(spec.schema.properties)).map(({ at, message }) =>
      misshapen({ at: pointer('nodes', nodeId) + at, message }, nodeId),
    );
  });
  return [...nodeIdProblems(json.nodes), ...ofNodes];
}

function misshapen({ at, message }: ShapeFault, nodeId?: string): Problem {
  return problem('wrong-shape', { ...(nodeId !== undefined && { nodeId }), at }, message.en, message.cs);
}

function unknownType(nodeId: string, type: string): Problem {
  const near = nearestName(
    type,
    nodeSpecs.map((spec) => spec.type),
  );
  const at = pointer('nodes', nodeId, 'type');
  const [en, cs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
  return problem(
    'unknown-node-type',
    { nodeId, at },
    `there is no node of type ${type}${en}`,
    `uzel typu ${type} neexistuje${cs}`,
  );
}
