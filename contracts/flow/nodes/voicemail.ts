import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeSpec, wait } from '../node-spec.ts';
import { NotifyTo, nodeSchema, Words } from '../schema-parts.ts';

const schema = nodeSchema('voicemail', {
  prompt: Words,
  maxLengthS: Type.Integer({ minimum: 5, maximum: 3600 }),
  finishOnKey: Type.Optional(Type.String({ pattern: '^[0-9*#]?$' })),
  to: Type.Optional(NotifyTo),
});
type Voicemail = Static<typeof schema>;
interface CompiledVoicemail extends CompiledNode, Pick<Voicemail, 'maxLengthS' | 'finishOnKey' | 'to'> {
  prompt: CompiledWords;
}

export const voicemailNode: NodeSpec<Voicemail, CompiledVoicemail> = {
  type: 'voicemail',
  schema,
  summary: { en: 'Records a message.', cs: 'Nahraje vzkaz.' },
  waits: 'caller',
  help: {
    prompt: 'What is said before the tone.',
    maxLengthS: 'The longest message.',
    finishOnKey: 'The key that ends it; none unless said.',
    to: 'Who is told of a message: a `webhookId`, or `people`, who can be told by scenarios alone so far.',
  },
  example: {
    type: 'voicemail',
    prompt: { 'cs-CZ': 'Nechte nám vzkaz po zaznění tónu.', 'en-US': 'Leave a message after the tone.' },
    maxLengthS: 120,
    finishOnKey: '#',
    to: { people: ['jana'] },
    edges: { recorded: 'bye', empty: 'bye' },
  },
  isLive: ({ to }) => to === undefined || 'webhookId' in to,
  outcomes: () => ['recorded', 'empty'],
  compile: ({ prompt, ...node }, compiler) => ({ ...node, prompt: compiler.words(prompt) }),
  enter: ({ prompt, maxLengthS, finishOnKey = '' }, visit) => {
    visit.instruct({ type: 'voicemail', prompts: visit.spoken(prompt), maxLengthS, finishOnKey });
    return wait();
  },
  on: ({ to }, event, visit) => {
    // A recording without sound leads on without a word of it.
    if (event.type === 'done') return leave('empty');
    if (event.type !== 'voicemailLeft') return undefined;
    visit.because(`${event.durationS} s were recorded`);
    if (event.durationS <= 0) return leave('empty');
    const { recordingId } = event;
    if (to)
      visit.instruct({
        type: 'notify',
        nodeId: visit.nodeId,
        to,
        text: `voicemail of ${event.durationS} s`,
        ...(recordingId !== undefined && { recordingId }),
      });
    return leave('recorded');
  },
};
