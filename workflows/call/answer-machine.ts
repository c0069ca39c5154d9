import { localize } from '../../contracts/languages.ts';
import type { Instruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { decided, replyWith } from './call-answers.ts';
import type { CoreState } from './call-state.ts';

/** A machine took the call: it gets the flow's message, or nothing, and the flow itself is not walked. Pure. */
export function answerMachine({ dial, flow }: CallInput, state: CoreState, atMs: number): CoreState {
  const { voicemailMessage, voiceId, start } = flow.document;
  const says = dial?.onVoicemail === 'leave-message' && voicemailMessage !== undefined;
  const { language } = state.flow;
  const hangUp: Instruction = says
    ? { type: 'hangUp', lastWords: { text: localize(voicemailMessage, language), voiceId, language } }
    : { type: 'hangUp' };
  const decision = {
    step: state.flow.steps,
    nodeId: start,
    nodeType: flow.document.nodes[start]?.type ?? 'unknown',
    outcome: 'voicemail',
    wentTo: 'hang-up',
    rule: 'end' as const,
    detail: says ? 'a machine answered and got the message' : 'a machine answered',
  };
  const ended = decided(state, { ...state.flow, phase: 'ended', nodeId: undefined }, [decision], atMs);
  return replyWith({ ...ended, phase: 'carrier', outcome: 'voicemail', leavingAtMs: atMs }, [hangUp]);
}
