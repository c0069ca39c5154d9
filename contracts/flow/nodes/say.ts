import { type Static, Type } from 'typebox';
import type { LocalizedText } from '../../languages.ts';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { nodeSchema, VoiceId, Words } from '../schema-parts.ts';

const schema = nodeSchema('say', {
  text: Words,
  voiceId: Type.Optional(VoiceId),
  mayBeInterrupted: Type.Optional(Type.Boolean()),
});
type Say = Static<typeof schema>;
interface CompiledSay extends CompiledNode {
  text: CompiledWords;
  voiceId?: LocalizedText;
  mayBeInterrupted?: boolean;
}

export const sayNode: NodeSpec<Say, CompiledSay> = {
  type: 'say',
  schema,
  summary: { en: 'Says a text or plays a recorded prompt.', cs: 'Řekne text nebo přehraje nahrávku.' },
  waits: 'nothing',
  help: {
    text: 'What is said, by language, or a recorded prompt.',
    voiceId: "Another voice than the flow's.",
    mayBeInterrupted: 'A caller who answers what is asked right after it need not wait for its end.',
  },
  example: {
    type: 'say',
    text: { 'cs-CZ': 'Dobrý den, dovolali jste se do Květinky.', 'en-US': 'Hello, this is Kvetinka.' },
    edges: { next: 'menu' },
  },
  isLive: () => true,
  outcomes: () => ['next'],
  compile: ({ text, ...node }, compiler) => ({ ...node, text: compiler.words(text) }),
  enter: ({ text, voiceId, mayBeInterrupted }, visit) => {
    const spoken = visit.spoken(text, voiceId);
    visit.instruct(...(mayBeInterrupted ? spoken.map((one) => ({ ...one, mayBeInterrupted })) : spoken));
    return leave('next');
  },
};
