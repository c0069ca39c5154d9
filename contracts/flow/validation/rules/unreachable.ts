import { type PatchOperation, pointer, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Nodes that no call comes to. */
export const unreachable: Rule = ({ document: { start, fault, nodes: drawn, layout }, nodes, reached }) => {
  if (drawn[start]?.type !== 'start') return []; // nothing leads anywhere yet
  const targets = [...[...nodes.values()].flatMap(({ node }) => Object.values(node.edges ?? {})), fault ?? start];
  // A node that a misspelt edge was meant for must not be thrown away.
  const isComplete = targets.every((target) => Object.hasOwn(drawn, target));
  return [...nodes.keys()]
    .filter((id) => !reached.has(id))
    .map((id) => {
      const gone: PatchOperation[] = [{ op: 'remove', path: pointer('nodes', id) }];
      if (layout && Object.hasOwn(layout, id)) gone.push({ op: 'remove', path: pointer('layout', id) });
      const words = ['no way leads to it', 'nevede do něj žádná cesta'] as const;
      return problem('unreachable-node', { nodeId: id }, ...words, isComplete ? gone : undefined);
    });
};
