import { type Static, Type } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { closed, nodeSchema, OutcomeName } from '../schema-parts.ts';
import { stableFraction } from '../stable-hash.ts';

const Branch = Type.Object(
  { outcome: OutcomeName, weight: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }) },
  closed,
);
const schema = nodeSchema('split', { branches: Type.Array(Branch, { minItems: 1, maxItems: 20 }) });
type Split = Static<typeof schema>;
interface CompiledSplit extends CompiledNode, Pick<Split, 'branches'> {}

export const splitNode: NodeSpec<Split, CompiledSplit> = {
  type: 'split',
  schema,
  summary: {
    en: 'Spreads calls by weight; one call always takes the same branch.',
    cs: 'Rozdělí hovory podle vah; týž hovor jde vždy stejnou větví.',
  },
  waits: 'nothing',
  help: {
    branches: 'Each with its `outcome` and `weight`.',
  },
  example: {
    type: 'split',
    branches: [
      { outcome: 'new', weight: 10 },
      { outcome: 'old', weight: 90 },
    ],
    edges: { new: 'new-helper', old: 'helper' },
  },
  isLive: () => true,
  outcomes: ({ branches }) => branches.map(({ outcome }) => outcome),
  compile: (node) => node,
  enter: ({ branches }, visit) => {
    const total = branches.reduce((sum, { weight }) => sum + weight, 0);
    const callId = visit.lookup('call.id');
    const drawn = stableFraction(`${typeof callId === 'string' ? callId : ''}/${visit.nodeId}`) * total;
    let upTo = 0;
    const won = branches.find(({ weight }) => drawn < (upTo += weight)) ?? branches[branches.length - 1];
    const share = (weight: number): string => `${((100 * weight) / total).toFixed(1)} %`;
    for (const branch of branches) {
      if (branch === won) visit.because(`drawn by the call's id, of ${share(branch.weight)}`);
      else visit.lost(branch.outcome, `another was drawn; it has ${share(branch.weight)}`);
    }
    return leave(won?.outcome ?? '');
  },
};
