import { type Static, Type } from 'typebox';
import type { LocalizedText } from '../../languages.ts';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { nodeSchema, VoiceId, Words } from '../schema-parts.ts';

const schema = nodeSchema('say', {
  text: Words,
  voiceId: Type.Optional(VoiceId),
});
type Say = Static<typeof schema>;
interface CompiledSay extends CompiledNode {
  text: CompiledWords;
  voiceId?: LocalizedText;
}

export const sayNode: NodeSpec<Say, CompiledSay> = {
  type: 'say',
  schema,
  summary: { en: 'Says a text or plays a recorded prompt.', cs: 'Řekne text nebo přehraje nahrávku.' },
  waits: 'nothing',
  help: {
    text: 'What is said, by language, or a recorded prompt.',
    voiceId: "Another voice than the flow's.",
  },
  example: {
    type: 'say',
    text: { 'cs-CZ': 'Dobrý den, dovolali jste se do Květinky.', 'en-US': 'Hello, this is Kvetinka.' },
    edges: { next: 'menu' },
  },
  isLive: () => true,
  outcomes: () => ['next'],
  compile: ({ text, ...node }, compiler) => ({ ...node, text: compiler.words(text) }),
  enter: ({ text, voiceId }, visit) => {
    visit.instruct(...visit.spoken(text, voiceId));
    return leave('next');
  },
};
