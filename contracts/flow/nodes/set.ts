import { type Static, Type } from 'typebox';
import type { Json } from '../../tools.ts';
import type { CompiledNode, CompiledValue } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { closed, nodeSchema, VariableName } from '../schema-parts.ts';

const Assignment = Type.Object({ variable: VariableName, value: Type.Unsafe<Json>({}) }, closed);
const schema = nodeSchema('set', { assignments: Type.Array(Assignment, { minItems: 1, maxItems: 50 }) });
type SetNode = Static<typeof schema>;
interface CompiledSet extends CompiledNode {
  assignments: readonly { variable: string; value: CompiledValue }[];
}

export const setNode: NodeSpec<SetNode, CompiledSet> = {
  type: 'set',
  schema,
  summary: {
    en: 'Sets variables, one after the other.',
    cs: 'Nastaví proměnné, jednu po druhé.',
  },
  waits: 'nothing',
  help: {
    assignments:
      'In order, each a `variable` under `vars` and its `value`. Text is a template; `{{ vars.x }}` alone keeps the type of what it copies.',
  },
  example: {
    type: 'set',
    assignments: [
      { variable: 'greeting', value: 'Order {{ vars.order }} of {{ contact.name }}' },
      { variable: 'attempts', value: 0 },
    ],
    edges: { next: 'helper' },
  },
  isLive: () => true,
  outcomes: () => ['next'],
  sets: ({ assignments }) => assignments.map(({ variable }) => variable),
  compile: ({ assignments, ...node }, compiler) => ({
    ...node,
    assignments: assignments.map(({ variable, value }) => ({ variable, value: compiler.value(value) })),
  }),
  enter: ({ assignments }, visit) => {
    for (const { variable, value } of assignments) visit.setTyped(variable, visit.value(value));
    return leave('next');
  },
};
