import { type Static, Type } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec, wait } from '../node-spec.ts';
import { nodeSchema, Reference } from '../schema-parts.ts';

const schema = nodeSchema('wait', {
  durationS: Type.Integer({ minimum: 1, maximum: 3600 }),
  musicPromptId: Type.Optional(Reference),
});
type WaitNode = Static<typeof schema>;
interface CompiledWait extends CompiledNode, Pick<WaitNode, 'durationS' | 'musicPromptId'> {}

export const waitNode: NodeSpec<WaitNode, CompiledWait> = {
  type: 'wait',
  schema,
  summary: { en: 'Waits, with music or in silence.', cs: 'Počká, s hudbou nebo potichu.' },
  waits: 'time',
  help: {
    durationS: 'How long.',
    musicPromptId: 'A recorded prompt; silence where it is absent.',
  },
  example: { type: 'wait', durationS: 20, musicPromptId: 'hold-music', edges: { next: 'status' } },
  isLive: () => true,
  outcomes: () => ['next'],
  compile: (node, compiler) => {
    if (node.musicPromptId !== undefined) compiler.words({ promptId: node.musicPromptId });
    return node;
  },
  enter: ({ durationS, musicPromptId }, visit) => {
    const music = musicPromptId === undefined ? undefined : visit.audio(musicPromptId);
    visit.instruct({ type: 'wait', durationMs: durationS * 1000, ...(music && { music }) });
    return wait();
  },
  on: (_node, event) => (event.type === 'done' ? leave('next') : undefined),
};
