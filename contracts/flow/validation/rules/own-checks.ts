import { problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** What each type of node knows of itself and its schema cannot say. */
export const ownChecks: Rule = ({ context, nodes }) =>
  [...nodes.values()].flatMap(({ id, node, spec }) =>
    (spec.check?.(node, context) ?? []).map(({ severity, message }) =>
      problem(severity === 'error' ? 'bad-node' : 'odd-node', { nodeId: id }, message.en, message.cs),
    ),
  );
