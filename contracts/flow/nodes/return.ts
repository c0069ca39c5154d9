import type { Static } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import type { NodeSpec } from '../node-spec.ts';
import { lastNodeSchema, OutcomeName } from '../schema-parts.ts';

const schema = lastNodeSchema('return', {
  name: OutcomeName,
});
type Return = Static<typeof schema>;
interface CompiledReturn extends CompiledNode {
  name: string;
}

export const returnNode: NodeSpec<Return, CompiledReturn> = {
  type: 'return',
  schema,
  summary: { en: 'Ends a subflow with a named result.', cs: 'Ukončí vložený tok pojmenovaným výsledkem.' },
  waits: 'nothing',
  help: {
    name: 'The outcome of the `subflow` node that led here.',
  },
  example: { type: 'return', name: 'verified' },
  isLive: () => true,
  outcomes: () => [],
  compile: ({ type, name }) => ({ type, name, edges: {} }),
  enter: ({ name }) => ({ return: name }),
};
