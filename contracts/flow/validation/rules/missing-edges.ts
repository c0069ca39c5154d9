import { type Problem, pointer, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';
import { isAskingOutcome } from './asking.ts';

/** An outcome without an edge takes the flow's fault edge, and without that the number's degraded plan. */
export const missingEdges: Rule = ({ document, nodes, reached }) => {
  if (document.fault !== undefined) return [];
  const problems: Problem[] = [];
  for (const viewed of nodes.values()) {
    const { id, node, outcomes } = viewed;
    for (const outcome of reached.has(id) ? outcomes : [])
      if (node.edges?.[outcome] === undefined && !isAskingOutcome(viewed, outcome))
        problems.push(
          problem(
            'outcome-without-edge',
            { nodeId: id, outcome, at: pointer('nodes', id, 'edges') },
            `its outcome ${outcome} has no edge: the caller gets the number's degraded plan`,
            `jeho výsledek ${outcome} nikam nevede: volající dostane nouzový plán čísla`,
          ),
        );
  }
  return problems;
};
