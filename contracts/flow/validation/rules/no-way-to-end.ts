import type { ViewedNode } from '../flow-view.ts';
import { problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Where a call may be done: somebody or something takes it, or it ends. */
const endings: ReadonlySet<string> = new Set(['hangup', 'queue', 'transfer', 'voicemail', 'agent', 'return']);

/** From every node that a call can come to there is a way to an ending. */
export const noWayToEnd: Rule = ({ nodes, reached, document: { start } }) => {
  const before = new Map<string, string[]>();
  for (const { id, ways } of nodes.values())
    for (const { target } of ways) {
      const known = target === undefined ? undefined : before.get(target);
      if (known) known.push(id);
      else if (target !== undefined) before.set(target, [id]);
    }
  const lost = lostNodes(nodes, before);
  // One problem for each way into the trap, not one for each node in it.
  return [...lost]
    .filter(
      (id) =>
        reached.has(id) &&
        (id === start || (before.get(id) ?? []).some((from) => reached.has(from) && !lost.has(from))),
    )
    .map((nodeId) =>
      problem(
        'no-way-to-end',
        { nodeId },
        'from here no way leads to a hang-up, a queue, a transfer or a voicemail',
        'odtud nevede cesta k zavěšení, frontě, přepojení ani hlasové schránce',
      ),
    );
};

/** Nodes from which no ending can be reached. An outcome without any edge ends in the degraded plan. */
function lostNodes(
  nodes: ReadonlyMap<string, ViewedNode>,
  before: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const lost = new Set(nodes.keys());
  const open = [...nodes.values()]
    .filter(({ node, ways }) => endings.has(node.type) || ways.some(({ target }) => target === undefined))
    .map(({ id }) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (!lost.delete(id)) continue;
    open.push(...(before.get(id) ?? []));
  }
  return lost;
}
