import { inspect } from '../inspection.ts';
import type { FlowDocument } from '../../document.ts';
import type { DrawnNode } from '../../node-spec.ts';
import { type Declarations, isSensitive } from '../../variables.ts';
import { assignmentsOf } from '../assignments.ts';
import type { FlowView, ViewedNode } from '../flow-view.ts';
import { type PatchOperation, pointer, type Problem, problem } from '../problem.ts';
import { ownOf } from '../references-of.ts';
import type { Rule } from '../rule.ts';

/** What is made of a sensitive variable is sensitive itself, or it would stand in the ledger under another name. */
export const sensitiveCopies: Rule = (view) => [...copiesHere(view), ...copiesIntoSubflows(view)];

interface Copy {
  nodeId: string;
  at: string;
  from: string;
  to: string;
}

/** A copy of a copy is one as well. */
function copiesHere(view: FlowView): Problem[] {
  let declared: Declarations = view.declared;
  const found: Copy[] = [];
  for (let more = true; more;) {
    const copies = [...view.nodes.values()].flatMap((viewed) => copiesIn(viewed, view, declared));
    more = copies.length > 0;
    found.push(...copies);
    declared = {
      ...declared,
      ...Object.fromEntries(copies.map(({ to }) => [`vars.${to}`, { type: 'json' as const, sensitive: true }])),
    };
  }
  let hasVariables = view.document.variables !== undefined;
  const mended = new Set<string>();
  return found.map(({ nodeId, at, from, to }) => {
    const fix = mended.has(to) ? undefined : declaring(view.document, to, hasVariables);
    mended.add(to);
    hasVariables = true;
    return problem(
      'sensitive-copied',
      { nodeId, at },
      `vars.${to} is made of ${from}, which is sensitive: declare it sensitive as well`,
      `vars.${to} vzniká z ${from}, které je citlivé: označte ji také jako citlivou`,
      fix,
    );
  });
}

function copiesIn(viewed: ViewedNode, view: FlowView, declared: Declarations): Copy[] {
  return assignmentsOf(viewed, view).flatMap(({ to, at, inspection: { reads } }) => {
    if (isSensitive(`vars.${to}`, declared)) return [];
    const from = [...reads].find((path) => isSensitive(path, declared));
    return from === undefined ? [] : [{ nodeId: viewed.id, at, from, to }];
  });
}

function declaring({ variables = {} }: FlowDocument, name: string, hasVariables: boolean): PatchOperation[] {
  if (ownOf(variables, name)) return [{ op: 'add', path: pointer('variables', name, 'sensitive'), value: true }];
  const declaration = { type: 'json', sensitive: true };
  if (!hasVariables) return [{ op: 'add', path: pointer('variables'), value: { [name]: declaration } }];
  return [{ op: 'add', path: pointer('variables', name), value: declaration }];
}

/** A subflow has variables of its own. */
function copiesIntoSubflows(view: FlowView): Problem[] {
  return [...view.nodes.values()].flatMap(({ id, node, spec }) => {
    const given: unknown = Reflect.get(node, 'inputs');
    if (node.type !== 'subflow' || typeof given !== 'object' || given === null) return [];
    const variables = subflowOf(node, view)?.variables;
    return Object.entries(given).flatMap(([to, value]) => {
      if (!variables || ownOf(variables, to)?.sensitive) return [];
      const alone: DrawnNode = Object.assign({}, node, { inputs: { [to]: value } });
      const { reads } = inspect(alone, spec, view.declared, view.context);
      const from = [...reads].find((path) => isSensitive(path, view.declared));
      if (from === undefined) return [];
      return problem(
        'sensitive-copied',
        { nodeId: id, at: pointer('nodes', id, 'inputs', to) },
        `${from} is sensitive, and the subflow does not call its variable ${to} so`,
        `${from} je citlivé a vnořený tok svou proměnnou ${to} tak neoznačuje`,
      );
    });
  });
}

function subflowOf(node: object, { context: { flows } }: FlowView): FlowDocument | undefined {
  const flowId: unknown = Reflect.get(node, 'flowId');
  const pinned: unknown = Reflect.get(node, 'version');
  const flow = typeof flowId === 'string' ? ownOf(flows, flowId) : undefined;
  const version = typeof pinned === 'number' ? pinned : flow?.liveVersion;
  return version === undefined ? undefined : flow?.versions[version];
}
