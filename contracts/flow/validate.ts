import { Value } from 'typebox/value';
import type { AssistantVersion } from '../assistant.ts';
import { AppError } from '../errors.ts';
import { FlowDocumentSchema, type FlowDocument } from './document.ts';
import { outcomesOf } from './outcomes.ts';

/** One thing that is wrong with a flow, with the place where it can be mended. */
export interface FlowProblem {
  severity: 'error' | 'warning';
  /** Node or path in the document; `flow` where it is the whole. */
  at: string;
  message: string;
}

/** Checks that a flow can be run with these assistants. Errors block publishing. */
export function validateFlow(json: unknown, assistants: Readonly<Record<string, AssistantVersion>>): FlowProblem[] {
  if (!Value.Check(FlowDocumentSchema, json)) {
    return Value.Errors(FlowDocumentSchema, json).map(({ instancePath, message }) =>
      error(instancePath === '' ? 'flow' : instancePath, message),
    );
  }
  return [...rootProblems(json), ...nodeProblems(json, assistants), ...unreachable(json)];
}

/** The document, or one `flow-invalid` that names every error. */
export function readFlowDocument(json: unknown, assistants: Readonly<Record<string, AssistantVersion>>): FlowDocument {
  const errors = validateFlow(json, assistants).filter(({ severity }) => severity === 'error');
  if (errors.length === 0 && Value.Check(FlowDocumentSchema, json)) return json;
  throw new AppError(
    'flow-invalid',
    `the flow cannot be published:\n${errors.map(({ at, message }) => `  ${at}: ${message}`).join('\n')}`,
  );
}

const error = (at: string, message: string): FlowProblem => ({ severity: 'error', at, message });
const warning = (at: string, message: string): FlowProblem => ({ severity: 'warning', at, message });

function rootProblems(flow: FlowDocument): FlowProblem[] {
  const problems: FlowProblem[] = [];
  if (flow.nodes[flow.start]?.type !== 'start') problems.push(error('flow', `"${flow.start}" is not a start node`));
  if (flow.fault !== undefined && !flow.nodes[flow.fault])
    problems.push(error('flow', `the fault edge leads to "${flow.fault}", which does not exist`));
  return problems;
}

function nodeProblems(flow: FlowDocument, assistants: Readonly<Record<string, AssistantVersion>>): FlowProblem[] {
  const problems: FlowProblem[] = [];
  for (const [nodeId, node] of Object.entries(flow.nodes)) {
    const assistant = node.type === 'assistant' ? assistants[node.assistantId] : undefined;
    if (node.type === 'assistant' && !assistant)
      problems.push(error(nodeId, `there is no assistant "${node.assistantId}"`));
    if (node.type === 'collect' && node.minDigits > node.maxDigits)
      problems.push(error(nodeId, 'minDigits is greater than maxDigits'));
    const outcomes = outcomesOf(
      node,
      assistant?.outcomes.map(({ name }) => name),
    );
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
