import { type Static, Type } from 'typebox';
import type { DialTarget } from '../../instructions.ts';
import type { CompiledNode, CompiledText } from '../compiled.ts';
import { leave, type NodeProblem, type NodeSpec, wait, wrong } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { isSipUri, toE164 } from '../phone-number.ts';
import { closed, nodeSchema, Reference, RingTimeoutS, Text } from '../schema-parts.ts';

const Address = Type.String({ minLength: 1, maxLength: 300 });
const schema = nodeSchema('transfer', {
  to: Type.Union([Type.Object({ phoneNumber: Address }, closed), Type.Object({ sipUri: Address }, closed)]),
  mode: Type.Optional(Type.Union([Type.Literal('cold'), Type.Literal('warm')])),
  briefing: Type.Optional(Text),
  ringTimeoutS: RingTimeoutS,
  callerId: Type.Optional(Address),
  musicPromptId: Type.Optional(Reference),
});
type Transfer = Static<typeof schema>;
interface CompiledTransfer extends CompiledNode {
  to: { kind: 'phone' | 'sip'; address: CompiledText };
  mode: 'cold' | 'warm';
  briefing?: CompiledText;
  ringTimeoutS: number;
  callerId?: CompiledText;
  musicPromptId?: string;
}

export const transferNode: NodeSpec<Transfer, CompiledTransfer> = {
  type: 'transfer',
  schema,
  summary: {
    en: 'Puts the caller through to a phone number or a SIP address.',
    cs: 'Přepojí volajícího na telefonní číslo nebo adresu SIP.',
  },
  waits: 'world',
  help: {
    to: 'Either `phoneNumber` in E.164 or `sipUri`; a template may stand there.',
    mode: '`cold`, the default: the caller is dialled through. `warm`: the other side is briefed first.',
    briefing: 'What the other side hears before a warm transfer.',
    ringTimeoutS: 'How long it rings.',
    callerId: 'The number that the other side sees; absent: the one that was called.',
    musicPromptId: 'What the caller hears during a warm transfer.',
  },
  example: {
    type: 'transfer',
    to: { phoneNumber: '+420222999888' },
    ringTimeoutS: 25,
    edges: { completed: 'bye', busy: 'voicemail', noAnswer: 'voicemail', declined: 'voicemail', failed: 'sorry' },
  },
  isLive: ({ mode = 'cold', musicPromptId }) => mode === 'cold' && musicPromptId === undefined,
  outcomes: () => ['completed', 'busy', 'noAnswer', 'declined', 'failed'],
  check: ({ to, mode = 'cold', briefing, musicPromptId, callerId }) => {
    const problems: NodeProblem[] = [];
    const complain = (en: string, cs: string): void => void problems.push(wrong(en, cs));
    const isFixed = (text: string): boolean => !text.includes('{');
    if ('phoneNumber' in to && isFixed(to.phoneNumber) && toE164(to.phoneNumber) === undefined)
      complain(
        `${to.phoneNumber} is no phone number in E.164, such as +420222999888`,
        `${to.phoneNumber} není telefonní číslo v E.164, jako +420222999888`,
      );
    if ('sipUri' in to && isFixed(to.sipUri) && !isSipUri(to.sipUri))
      complain(`${to.sipUri} is no SIP address`, `${to.sipUri} není adresa SIP`);
    if (callerId !== undefined && isFixed(callerId) && toE164(callerId) === undefined)
      complain(
        `the caller ID ${callerId} is no phone number in E.164`,
        `číslo volajícího ${callerId} není telefonní číslo v E.164`,
      );
    if (mode === 'cold' && briefing !== undefined)
      complain('only a warm transfer has a briefing', 'jen teplé přepojení má úvodní slovo');
    if (mode === 'warm' && briefing === undefined)
      complain('a warm transfer needs a briefing', 'teplé přepojení potřebuje úvodní slovo');
    if (mode === 'cold' && musicPromptId !== undefined)
      complain('only a warm transfer has music of its own', 'jen teplé přepojení má vlastní hudbu');
    return problems;
  },
  compile: ({ to, mode = 'cold', briefing, callerId, musicPromptId, ...node }, compiler) => {
    if (musicPromptId !== undefined) compiler.words({ promptId: musicPromptId });
    return {
      ...node,
      mode,
      to:
        'phoneNumber' in to
          ? { kind: 'phone', address: compiler.text(to.phoneNumber) }
          : { kind: 'sip', address: compiler.text(to.sipUri) },
      ...(briefing !== undefined && { briefing: compiler.text(briefing) }),
      ...(callerId !== undefined && { callerId: compiler.text(callerId) }),
      ...(musicPromptId !== undefined && { musicPromptId }),
    };
  },
  enter: (node, visit) => {
    const to = targetOf(node, visit);
    if (!to) {
      visit.because(`what it shall dial is no ${node.to.kind === 'phone' ? 'phone number' : 'SIP address'}`);
      return leave('failed');
    }
    const shown = node.callerId === undefined ? undefined : toE164(visit.text(node.callerId));
    if (node.callerId !== undefined && shown === undefined)
      visit.note('the caller ID is no phone number and was left out');
    const callerId = shown === undefined ? {} : { callerId: shown };
    if (node.mode === 'cold') {
      visit.instruct({ type: 'dial', to, timeoutS: node.ringTimeoutS, ...callerId });
      return wait();
    }
    const music = node.musicPromptId === undefined ? undefined : visit.audio(node.musicPromptId);
    visit.instruct({
      type: 'warmTransfer',
      nodeId: visit.nodeId,
      visit: visit.visit,
      to,
      briefing: visit.speech(node.briefing ?? ''),
      ringTimeoutS: node.ringTimeoutS,
      ...callerId,
      ...(music && { music }),
    });
    return wait();
  },
  on: (_node, event, visit) => {
    if (event.type !== 'dialEnded') return undefined;
    visit.because(`the carrier says ${event.status}`);
    return leave(outcomes[event.status]);
  },
};

const outcomes = {
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'noAnswer',
  declined: 'declined',
  failed: 'failed',
  canceled: 'failed',
} as const;

function targetOf({ to }: CompiledTransfer, visit: NodeVisit): DialTarget | undefined {
  const address = visit.text(to.address).trim();
  if (to.kind === 'sip') return isSipUri(address) ? { sipUri: address } : undefined;
  const phoneNumber = toE164(address);
  return phoneNumber === undefined ? undefined : { phoneNumber };
}
