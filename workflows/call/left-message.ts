/** What becomes of a message that a caller leaves. Pure. */
import type { CallInput, CarrierEvent } from '../../contracts/messages.ts';
import type { CoreState } from './call-state.ts';
import { stepFlow } from './flow-step.ts';

/** Whether the carrier has been told to take a message, and has not said what came of it. */
export function awaitsMessage({ answer, flow }: CoreState): boolean {
  return flow.phase === 'waiting' && answer?.instructions.at(-1)?.type === 'voicemail';
}

/**
 * What came of a message whose caller has hung up, which is how most of them end: the flow goes on for what nobody waits
 * for, such as telling somebody of it.
 */
export function messageTaken(
  call: CallInput,
  state: CoreState,
  event: Extract<CarrierEvent, { type: 'voicemailLeft' }>,
  atMs: number,
): CoreState {
  return awaitsMessage(state) ? { ...stepFlow(call, state, event, atMs).state, question: undefined } : state;
}
