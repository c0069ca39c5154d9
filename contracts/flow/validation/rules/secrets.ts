import { problem } from '../problem.ts';
import type { Rule } from '../rule.ts';
import { secretIn } from '../secret-forms.ts';

/** A flow is exported, copied and shown: secrets belong to tools, where they are encrypted. */
export const secrets: Rule = ({ nodes }) =>
  [...nodes.values()].flatMap(({ id, fields }) =>
    fields.flatMap(({ at, value }) => {
      const form = typeof value === 'string' ? secretIn(value) : undefined;
      if (form === undefined) return [];
      return [
        problem(
          'secret-in-clear-text',
          { nodeId: id, at },
          `this looks like a ${form}; keep it with the tool that needs it`,
          `toto vypadá jako tajný údaj (${form}); uložte jej u nástroje, který jej potřebuje`,
        ),
      ];
    }),
  );
