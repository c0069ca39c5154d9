import type { Static } from 'typebox';
import type { CompiledNode, CompiledText } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { nodeSchema, NotifyTo, Text } from '../schema-parts.ts';

const schema = nodeSchema('notify', { to: NotifyTo, text: Text });
type Notify = Static<typeof schema>;
interface CompiledNotify extends CompiledNode, Pick<Notify, 'to'> {
  text: CompiledText;
}

export const notifyNode: NodeSpec<Notify, CompiledNotify> = {
  type: 'notify',
  schema,
  summary: { en: 'Tells a webhook or people something.', cs: 'Dá vědět webhooku nebo lidem.' },
  waits: 'nothing',
  help: {
    to: 'A `webhookId`, or `people`, who can be told by scenarios alone so far.',
    text: 'What they are told.',
  },
  example: {
    type: 'notify',
    to: { people: ['jana'] },
    text: 'Order {{ vars.order }}: the caller wants to be called back.',
    edges: { next: 'bye' },
  },
  isLive: ({ to }) => 'webhookId' in to,
  outcomes: () => ['next'],
  compile: ({ text, ...node }, compiler) => ({ ...node, text: compiler.text(text) }),
  enter: ({ to, text }, visit) => {
    visit.instruct({ type: 'notify', nodeId: visit.nodeId, to, text: visit.text(text) });
    return leave('next');
  },
};
