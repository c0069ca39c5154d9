/** What a call does that a machine has taken: it gets the flow's message, or nothing, and the flow is walked no further. Pure. */
import { leftToMachine } from '../../contracts/flow/answering-machine.ts';
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

export function answerMachine({ dial, ...call }: CallInput, state: CoreState, atMs: number): CoreState {
  const left = leftToMachine(
    call.flow.compiled,
    state.flow,
    { ...started(call, atMs), atMs },
    { answeredBy: state.answeredBy === 'fax' ? 'fax' : 'machine', getsMessage: dial?.onVoicemail !== 'hang-up' },
  );
  const ended = decided(state, left.state, [left.decision]);
  const idle = { ...ended, visit: undefined, gatewayWait: undefined, question: undefined, degradedRest: undefined };
  return replyWith({ ...idle, phase: 'carrier', outcome: 'voicemail', leavingAtMs: atMs }, [left.hangUp]);
}
