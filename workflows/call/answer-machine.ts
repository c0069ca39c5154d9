/** What a call does that a machine has taken: it gets the flow's message, or nothing, and the flow is walked no further. Pure. */
import type { CompiledGraph } from '../../contracts/flow/compiled.ts';
import { messageForMachine } from '../../contracts/flow/engine.ts';
import type { Instruction } from '../../contracts/instructions.ts';
import type { AnsweredBy, CallInput, Detection } from '../../contracts/messages.ts';
import { replyWith } from './call-answers.ts';
import type { CoreState } from './call-state.ts';
import { decided, started } from './flow-step.ts';

/** The first result counts; of a call that is leaving, over, or goes on without its workflow, none does. */
export function detected(state: CoreState, { answeredBy }: Detection): CoreState {
  const isLate = state.leavingAtMs !== undefined || state.carrierEnd !== undefined || state.phase === 'adopted';
  if (isLate || state.answeredBy !== undefined) return state;
  return isMachine(answeredBy) ? { ...state, answeredBy, outcome: 'voicemail' } : { ...state, answeredBy };
}

export function isMachine(answeredBy: AnsweredBy | undefined): boolean {
  return answeredBy === 'machine' || answeredBy === 'fax';
}

/** Whether the next answer is the machine's, whatever the flow waits for. */
export function isMachineDue({ answeredBy, leavingAtMs }: CoreState): boolean {
  return isMachine(answeredBy) && leavingAtMs === undefined;
}

export function answerMachine(call: CallInput, state: CoreState, atMs: number): CoreState {
  const { dial, flow } = call;
  const { nodeId = flow.compiled.start } = state.flow;
  const gets = state.answeredBy === 'machine' && dial?.onVoicemail !== 'hang-up';
  const event = { ...started(call, atMs), atMs };
  const lastWords = gets ? messageForMachine(flow.compiled, state.flow, event) : undefined;
  const hangUp: Instruction = { type: 'hangUp', ...(lastWords && { lastWords }) };
  const decision = {
    step: state.flow.steps,
    nodeId,
    nodeType: graphOf(call, state).nodes[nodeId]?.type ?? 'unknown',
    ...(state.flow.subflow !== undefined && { subflow: state.flow.subflow }),
    outcome: 'voicemail',
    wentTo: 'hang-up',
    rule: 'end' as const,
    because: `a ${state.answeredBy} answered${lastWords ? ' and got the message' : ''}`,
    durationMs: Math.max(0, atMs - (state.flow.enteredAtMs || atMs)),
    atMs,
  };
  const ended = decided(state, { ...state.flow, phase: 'ended', nodeId: undefined }, [decision]);
  const left = { ...ended, visit: undefined, gatewayWait: undefined, question: undefined, degradedRest: undefined };
  return replyWith({ ...left, phase: 'carrier', outcome: 'voicemail', leavingAtMs: atMs }, [hangUp]);
}

function graphOf({ flow: { compiled } }: CallInput, { flow: { subflow = '' } }: CoreState): CompiledGraph {
  return compiled.subflows[subflow] ?? compiled;
}
