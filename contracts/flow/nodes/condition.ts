import { type Static, Type } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { ConditionSchema } from '../conditions/condition.ts';
import { evaluate } from '../conditions/evaluate.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { closed, nodeSchema, OutcomeName } from '../schema-parts.ts';

const schema = nodeSchema('condition', {
  rules: Type.Array(Type.Object({ outcome: OutcomeName, when: ConditionSchema }, closed), {
    minItems: 1,
    maxItems: 50,
  }),
});
type ConditionNode = Static<typeof schema>;
interface CompiledCondition extends CompiledNode, Pick<ConditionNode, 'rules'> {}

export const conditionNode: NodeSpec<ConditionNode, CompiledCondition> = {
  type: 'condition',
  schema,
  summary: {
    en: 'Goes on by the first rule that holds.',
    cs: 'Pokračuje podle prvního pravidla, které platí.',
  },
  waits: 'nothing',
  help: {
    rules: 'In order, each with the `outcome` that it leads to and `when` it holds. The first that holds wins.',
  },
  example: {
    type: 'condition',
    rules: [
      {
        outcome: 'vip',
        when: {
          all: [
            { variable: 'contact.turnover', operator: 'greaterThan', value: 100_000 },
            { variable: 'caller.country', operator: 'equals', value: 'CZ' },
          ],
        },
      },
    ],
    edges: { vip: 'manager', otherwise: 'menu' },
  },
  isLive: () => true,
  outcomes: ({ rules }) => [...new Set(rules.map(({ outcome }) => outcome)), 'otherwise'],
  compile: ({ rules, ...node }, compiler) => ({
    ...node,
    rules: rules.map(({ outcome, when }) => ({ outcome, when: compiler.condition(when) })),
  }),
  enter: ({ rules }, visit) => {
    for (const { outcome, when } of rules) {
      const { holds, because } = evaluate(when, visit.lookup, visit.isSensitive);
      if (holds) {
        visit.because(because);
        return leave(outcome);
      }
      visit.lost(outcome, because);
    }
    visit.because('no rule holds');
    return leave('otherwise');
  },
};
