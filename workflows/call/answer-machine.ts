import { messageForMachine } from '../../contracts/flow/engine.ts';
import type { Instruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { decided, replyWith, started } from './call-answers.ts';
import type { CoreState } from './call-state.ts';

/** A machine took the call: it gets the flow's message, or nothing, and the flow itself is not walked. Pure. */
export function answerMachine(call: CallInput, state: CoreState, atMs: number): CoreState {
  const { dial, flow } = call;
  const { start } = flow.compiled;
  const event = { ...started(call, atMs), atMs };
  const lastWords =
    dial?.onVoicemail === 'leave-message' ? messageForMachine(flow.compiled, state.flow, event) : undefined;
  const hangUp: Instruction = { type: 'hangUp', ...(lastWords && { lastWords }) };
  const decision = {
    step: state.flow.steps,
    nodeId: start,
    nodeType: flow.compiled.nodes[start]?.type ?? 'unknown',
    outcome: 'voicemail',
    wentTo: 'hang-up',
    rule: 'end' as const,
    because: lastWords ? 'a machine answered and got the message' : 'a machine answered',
    durationMs: 0,
    atMs,
  };
  const ended = decided(state, { ...state.flow, phase: 'ended', nodeId: undefined }, [decision]);
  return replyWith({ ...ended, phase: 'carrier', outcome: 'voicemail', leavingAtMs: atMs }, [hangUp]);
}
