import { problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

const compact = (number: string): string => number.replaceAll(/[\s()./-]/g, '');

/** A transfer to a number that rings this flow would come back to it. */
export const transfers: Rule = ({ context: { ownNumbers = [] }, nodes }) => {
  const own = new Set(ownNumbers.map(compact));
  if (own.size === 0) return [];
  return [...nodes.values()]
    .filter(({ node }) => node.type === 'transfer')
    .flatMap(({ id, fields }) =>
      fields.flatMap(({ at, value }) =>
        typeof value === 'string' && !at.endsWith('/callerId') && own.has(compact(value))
          ? [
              problem(
                'transfer-to-own-number',
                { nodeId: id, at },
                `${value} rings this very flow`,
                `${value} vede do tohoto scénáře`,
              ),
            ]
          : [],
      ),
    );
};
