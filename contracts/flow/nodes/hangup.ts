import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledText } from '../compiled.ts';
import type { NodeSpec } from '../node-spec.ts';
import { lastNodeSchema, Text } from '../schema-parts.ts';

const schema = lastNodeSchema('hangup', {
  lastWords: Type.Optional(Text),
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
});
type Hangup = Static<typeof schema>;
interface CompiledHangup extends CompiledNode {
  lastWords?: CompiledText;
  reason: string;
}

export const hangupNode: NodeSpec<Hangup, CompiledHangup> = {
  type: 'hangup',
  schema,
  summary: { en: 'Ends the call.', cs: 'Ukončí hovor.' },
  waits: 'nothing',
  help: {
    lastWords: 'Said before the call ends.',
    reason: 'What the call is recorded as; `hangup` unless said.',
  },
  example: { type: 'hangup', lastWords: { 'cs-CZ': 'Na shledanou.', 'en-US': 'Goodbye.' }, reason: 'done' },
  isLive: () => true,
  outcomes: () => [],
  compile: ({ type, lastWords, reason = 'hangup' }, compiler) => ({
    type,
    edges: {},
    ...(lastWords !== undefined && { lastWords: compiler.text(lastWords) }),
    reason,
  }),
  enter: ({ lastWords, reason }, visit) => {
    visit.instruct({ type: 'hangUp', ...(lastWords !== undefined && { lastWords: visit.speech(lastWords) }) });
    return { end: reason };
  },
};
