import type { Static } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec, wait } from '../node-spec.ts';
import { nodeSchema, Reference, RingTimeoutS } from '../schema-parts.ts';

const schema = nodeSchema('agent', { agentId: Reference, ringTimeoutS: RingTimeoutS });
type Agent = Static<typeof schema>;
interface CompiledAgent extends CompiledNode, Pick<Agent, 'agentId' | 'ringTimeoutS'> {}

export const agentNode: NodeSpec<Agent, CompiledAgent> = {
  type: 'agent',
  schema,
  summary: { en: 'Rings one person.', cs: 'Zazvoní jednomu člověku.' },
  waits: 'world',
  help: {
    agentId: 'The person.',
    ringTimeoutS: 'How long it rings.',
  },
  example: {
    type: 'agent',
    agentId: 'jana',
    ringTimeoutS: 20,
    edges: { served: 'bye', noAnswer: 'support-queue', declined: 'support-queue', offline: 'voicemail' },
  },
  isLive: () => false,
  outcomes: () => ['served', 'noAnswer', 'declined', 'offline'],
  compile: (node) => node,
  enter: ({ agentId, ringTimeoutS }, visit) => {
    visit.instruct({ type: 'ringAgent', nodeId: visit.nodeId, visit: visit.visit, agentId, ringTimeoutS });
    return wait();
  },
  on: (_node, event, visit) => {
    if (event.type !== 'agentEnded') return undefined;
    visit.because(`the person's phone says ${event.outcome}`);
    return leave(event.outcome);
  },
};
