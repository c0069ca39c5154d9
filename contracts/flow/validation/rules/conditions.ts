import { validateCondition } from '../../conditions/validate.ts';
import { typeOf } from '../../variables.ts';
import { type Problem, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Conditions compare variables in ways that fit their types. Which variables there are is another rule's matter. */
export const conditions: Rule = ({ declared, nodes }) =>
  [...nodes.values()].flatMap(({ id, fields, inspection }) =>
    inspection.conditions.flatMap((condition) => {
      const found = validateCondition(condition, (path) => typeOf(path, declared));
      const root = fields.find(({ value }) => value === condition)?.at;
      return found
        .filter(({ code }) => code !== 'unknown-variable')
        .map(({ at, message }): Problem => {
          const where = { nodeId: id, ...(root !== undefined && { at: root + at }) };
          return problem('bad-condition', where, message.en, message.cs);
        });
    }),
  );
