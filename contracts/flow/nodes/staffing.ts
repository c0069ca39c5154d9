import { type Static, Type } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec, wait } from '../node-spec.ts';
import { closed, nodeSchema, OutcomeName, Reference } from '../schema-parts.ts';

const Threshold = Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 }));
const Rule = Type.Object(
  {
    outcome: OutcomeName,
    /** All that are given must hold. */
    agentsReadyAtLeast: Threshold,
    agentsReadyAtMost: Threshold,
    waitingAtLeast: Threshold,
    waitingAtMost: Threshold,
    estimatedWaitAtLeastS: Threshold,
    estimatedWaitAtMostS: Threshold,
  },
  closed,
);
const schema = nodeSchema('staffing', { queueId: Reference, rules: Type.Array(Rule, { minItems: 1, maxItems: 20 }) });
type Staffing = Static<typeof schema>;
type Rule = Static<typeof Rule>;
interface CompiledStaffing extends CompiledNode, Pick<Staffing, 'queueId' | 'rules'> {}

export const staffingNode: NodeSpec<Staffing, CompiledStaffing> = {
  type: 'staffing',
  schema,
  summary: {
    en: 'Goes on by how a queue is staffed and how long it waits.',
    cs: 'Rozhodne podle obsazení fronty a doby čekání.',
  },
  waits: 'world',
  help: {
    queueId: 'The queue.',
    rules:
      'In order, each with its `outcome` and bounds that must all hold: `agentsReadyAtLeast`, `agentsReadyAtMost`, `waitingAtLeast`, `waitingAtMost`, `estimatedWaitAtLeastS`, `estimatedWaitAtMostS`.',
  },
  example: {
    type: 'staffing',
    queueId: 'support',
    rules: [
      { outcome: 'quick', agentsReadyAtLeast: 1, waitingAtMost: 2 },
      { outcome: 'long', estimatedWaitAtLeastS: 600 },
    ],
    edges: { quick: 'support-queue', long: 'callback', otherwise: 'support-queue' },
  },
  isLive: () => false,
  outcomes: ({ rules }) => [...new Set(rules.map(({ outcome }) => outcome)), 'otherwise'],
  compile: (node) => node,
  enter: ({ queueId }, visit) => {
    visit.instruct({ type: 'askStaffing', nodeId: visit.nodeId, visit: visit.visit, queueId });
    return wait();
  },
  on: ({ rules }, event, visit) => {
    if (event.type !== 'staffing') return undefined;
    const { agentsReady, waiting, estimatedWaitS } = event;
    visit.learnQueue({ agentsReady, waiting, estimatedWaitS });
    for (const rule of rules) {
      const failing = bounds(rule, event).find(({ holds }) => !holds);
      if (!failing) {
        visit.because(
          bounds(rule, event)
            .map(({ words }) => words)
            .join(' and ') || 'it asks for nothing',
        );
        return leave(rule.outcome);
      }
      visit.lost(rule.outcome, `not: ${failing.words}`);
    }
    visit.because('no rule holds');
    return leave('otherwise');
  },
};

interface Bound {
  words: string;
  holds: boolean;
}

function bounds(rule: Rule, seen: { agentsReady: number; waiting: number; estimatedWaitS: number }): Bound[] {
  const atLeast = (what: string, value: number, least?: number): Bound[] =>
    least === undefined ? [] : [{ words: `${what} (${value}) at least ${least}`, holds: value >= least }];
  const atMost = (what: string, value: number, most?: number): Bound[] =>
    most === undefined ? [] : [{ words: `${what} (${value}) at most ${most}`, holds: value <= most }];
  return [
    ...atLeast('agents ready', seen.agentsReady, rule.agentsReadyAtLeast),
    ...atMost('agents ready', seen.agentsReady, rule.agentsReadyAtMost),
    ...atLeast('callers waiting', seen.waiting, rule.waitingAtLeast),
    ...atMost('callers waiting', seen.waiting, rule.waitingAtMost),
    ...atLeast('estimated seconds', seen.estimatedWaitS, rule.estimatedWaitAtLeastS),
    ...atMost('estimated seconds', seen.estimatedWaitS, rule.estimatedWaitAtMostS),
  ];
}
