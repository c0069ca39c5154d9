import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { AppError } from '../errors.ts';
import { specOf } from './catalogue.ts';
import { compileNode, createCompiler } from './compile-node.ts';
import { declarationsOf } from './declared-variables.ts';
import { type FlowDocument, FlowFrameSchema } from './document.ts';
import type { FlowReferences } from './references.ts';

/** One thing that is wrong with a flow, with the place where it can be mended. */
export interface FlowProblem {
  severity: 'error' | 'warning';
  /** Node or path in the document; `flow` where it is the whole. */
  at: string;
  message: string;
}

/** Checks that a flow can be run with what it refers to. Errors block publishing. */
export function validateFlow(json: unknown, references: FlowReferences): FlowProblem[] {
  if (!isFlowDocument(json)) return shapeProblems(json);
  return [...rootProblems(json), ...nodeProblems(json, references), ...unreachable(json)];
}

/** The document, or one `flow-invalid` that names every error. */
export function readFlowDocument(json: unknown, references: FlowReferences): FlowDocument {
  const errors = validateFlow(json, references).filter(({ severity }) => severity === 'error');
  if (errors.length === 0 && isFlowDocument(json)) return json;
  throw new AppError(
    'flow-invalid',
    `the flow cannot be published:\n${errors.map(({ at, message }) => `  ${at}: ${message}`).join('\n')}`,
  );
}

const error = (at: string, message: string): FlowProblem => ({ severity: 'error', at, message });
const warning = (at: string, message: string): FlowProblem => ({ severity: 'warning', at, message });

// Built once they are needed: most processes check no flow.
const validators = new Map<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  let validator = validators.get(schema);
  if (!validator) validators.set(schema, (validator = Compile(schema)));
  return validator;
}

const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Whether it has the shape of a flow, each node that of its type; whether it can be run is for `validateFlow` to say. */
export function isFlowDocument(json: unknown): json is FlowDocument {
  return (
    validatorOf(FlowFrameSchema).Check(json) &&
    Object.values(nodesOf(json)).every((node) => nodeValidator(node)?.Check(node) === true)
  );
}

function shapeProblems(json: unknown): FlowProblem[] {
  const frame = validatorOf(FlowFrameSchema);
  if (!frame.Check(json))
    return frame
      .Errors(json)
      .map(({ instancePath, message }) => error(instancePath === '' ? 'flow' : instancePath, message));
  return Object.entries(nodesOf(json)).flatMap(([nodeId, node]) => nodeShapeProblems(`/nodes/${nodeId}`, node));
}

function nodesOf(json: unknown): Readonly<Record<string, unknown>> {
  const nodes = isRecord(json) ? json['nodes'] : undefined;
  return isRecord(nodes) ? nodes : {};
}

const typeOf = (node: unknown): string => (isRecord(node) && typeof node['type'] === 'string' ? node['type'] : '');

function nodeValidator(node: unknown): Validator | undefined {
  const spec = specOf(typeOf(node));
  return spec && validatorOf(spec.schema);
}

function nodeShapeProblems(at: string, node: unknown): FlowProblem[] {
  const validator = nodeValidator(node);
  if (!validator) return [error(at, `there is no node of type "${typeOf(node)}"`)];
  if (validator.Check(node)) return [];
  return validator.Errors(node).map(({ instancePath, message }) => error(`${at}${instancePath}`, message));
}

function rootProblems(flow: FlowDocument): FlowProblem[] {
  const problems: FlowProblem[] = [];
  if (flow.nodes[flow.start]?.type !== 'start') problems.push(error('flow', `"${flow.start}" is not a start node`));
  if (flow.fault !== undefined && !flow.nodes[flow.fault])
    problems.push(error('flow', `the fault edge leads to "${flow.fault}", which does not exist`));
  return problems;
}

function nodeProblems(flow: FlowDocument, references: FlowReferences): FlowProblem[] {
  const problems: FlowProblem[] = [];
  const declared = declarationsOf(flow);
  for (const [nodeId, node] of Object.entries(flow.nodes)) {
    const spec = specOf(node.type);
    if (!spec) continue;
    const { compiler, notes } = createCompiler(references, declared);
    compileNode(node, compiler);
    if (notes.promptIds.size > 0)
      problems.push(error(nodeId, 'calls cannot play recorded prompts yet, only scenarios'));
    for (const { severity, message } of [...(spec.check?.(node, references) ?? []), ...notes.problems])
      problems.push({ severity, at: nodeId, message });
    if (!spec.isLive(node))
      problems.push(error(nodeId, `calls cannot do this yet, only scenarios: it cannot be published`));
    const outcomes = spec.outcomes(node, references);
    for (const [outcome, target] of Object.entries(node.edges ?? {})) {
      if (!outcomes.includes(outcome))
        problems.push(error(nodeId, `has no outcome "${outcome}"; it has ${outcomes.join(', ') || 'none'}`));
      if (!flow.nodes[target])
        problems.push(error(nodeId, `its outcome "${outcome}" leads to "${target}", which does not exist`));
    }
    for (const outcome of outcomes) {
      if (node.edges?.[outcome] === undefined && flow.fault === undefined)
        problems.push(
          warning(nodeId, `its outcome "${outcome}" has no edge: the caller gets the number's degraded plan`),
        );
    }
  }
  return problems;
}

function unreachable(flow: FlowDocument): FlowProblem[] {
  const reached = new Set<string>();
  const open = [flow.start, ...(flow.fault === undefined ? [] : [flow.fault])];
  for (let nodeId = open.pop(); nodeId !== undefined; nodeId = open.pop()) {
    if (reached.has(nodeId)) continue;
    reached.add(nodeId);
    open.push(...Object.values(flow.nodes[nodeId]?.edges ?? {}));
  }
  return Object.keys(flow.nodes)
    .filter((nodeId) => !reached.has(nodeId))
    .map((nodeId) => warning(nodeId, 'no edge leads to it'));
}
