import { problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Nodes that scenarios know and calls do not yet. */
export const notLive: Rule = ({ nodes }) =>
  [...nodes.values()]
    .filter(({ node, spec }) => !spec.isLive(node))
    .map(({ id, node }) =>
      problem(
        'not-live-yet',
        { nodeId: id },
        `calls cannot do ${node.type} like this yet, only scenarios: it cannot be published`,
        `hovory ${node.type} v této podobě zatím neumějí, jen scénáře: nelze publikovat`,
      ),
    );
