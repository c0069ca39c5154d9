import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledText } from '../compiled.ts';
import { leave, type NodeSpec, wait } from '../node-spec.ts';
import { toE164 } from '../phone-number.ts';
import { nodeSchema, Text } from '../schema-parts.ts';

const schema = nodeSchema('sms', {
  to: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
  text: Text,
});
type Sms = Static<typeof schema>;
interface CompiledSms extends CompiledNode {
  to: CompiledText;
  text: CompiledText;
}

/** Ten parts of a long message, in the alphabet that takes most room. */
const maxCharacters = 670;

export const smsNode: NodeSpec<Sms, CompiledSms> = {
  type: 'sms',
  schema,
  summary: { en: 'Sends a text message.', cs: 'Pošle SMS.' },
  waits: 'world',
  help: {
    to: "A number or a template of one; the caller's unless said.",
    text: 'The message, at most 670 characters.',
  },
  example: {
    type: 'sms',
    text: { 'cs-CZ': 'Objednávka {{ vars.order }} je na cestě.', 'en-US': 'Order {{ vars.order }} is on its way.' },
    edges: { sent: 'bye', failed: 'sorry' },
  },
  isLive: () => true,
  outcomes: () => ['sent', 'failed'],
  compile: ({ to = '{{ caller.number }}', text, ...node }, compiler) => ({
    ...node,
    to: compiler.text(to),
    text: compiler.text(text),
  }),
  enter: ({ to, text }, visit) => {
    const number = toE164(visit.text(to));
    if (number === undefined) {
      visit.because('there is no number to send it to');
      return leave('failed');
    }
    const whole = visit.text(text);
    if (whole.length > maxCharacters) visit.note(`the message was cut at ${maxCharacters} characters`);
    visit.instruct({
      type: 'sendSms',
      nodeId: visit.nodeId,
      visit: visit.visit,
      to: number,
      text: whole.slice(0, maxCharacters),
    });
    return wait();
  },
  on: (_node, event) => (event.type === 'smsEnded' ? leave(event.status) : undefined),
};
