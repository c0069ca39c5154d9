import { nearestName } from '../../nearest-name.ts';
import { type Problem, pointer, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Edges lead from outcomes that the node has to nodes that the flow has. */
export const edges: Rule = ({ document, nodes }) => {
  const problems: Problem[] = [];
  for (const { id, node, outcomes } of nodes.values())
    for (const [outcome, target] of Object.entries(node.edges ?? {})) {
      const where = { nodeId: id, outcome, at: pointer('nodes', id, 'edges', outcome) };
      if (!outcomes.includes(outcome)) problems.push(unknownOutcome(where, outcomes));
      else if (!Object.hasOwn(document.nodes, target)) {
        const near = nearestName(target, Object.keys(document.nodes));
        const [en, cs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
        const message = `its outcome ${outcome} leads to ${target}, which does not exist${en}`;
        problems.push(
          problem(
            'edge-to-nowhere',
            where,
            message,
            `jeho výsledek ${outcome} vede do ${target}, který neexistuje${cs}`,
          ),
        );
      }
    }
  return problems;
};

/** The edge is never taken: to remove it changes nothing. */
function unknownOutcome(where: { nodeId: string; outcome: string; at: string }, outcomes: readonly string[]): Problem {
  const { outcome, at } = where;
  const list = outcomes.join(', ');
  const near = nearestName(outcome, outcomes);
  const [hintEn, hintCs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
  return problem(
    'unknown-outcome',
    where,
    `it has no outcome ${outcome}; it has ${list || 'none'}${hintEn}`,
    `nemá výsledek ${outcome}; má ${list || 'žádný'}${hintCs}`,
    [{ op: 'remove', path: at }],
  );
}
