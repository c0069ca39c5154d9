/** Whether a party that a caller was to be put through to declined: the carrier tells it of the leg, and calls the dialling busy. */
import type { CarrierEvent, LegEnded, ProceedInput } from '../../contracts/messages.ts';
import type { CoreState } from './call-state.ts';

/** The carrier tells both at the same time; the caller hears nothing meanwhile. */
export const legTimeoutMs = 700;

export function legHasEnded(state: CoreState, leg: LegEnded): CoreState {
  return (state.leg?.number ?? 0) <= leg.number ? { ...state, leg } : state;
}

/** Whether what a dialling came to depends on how its leg ended, and that is not known yet. */
export function awaitsLeg({ answer, carrierEnd, leg }: CoreState, { number, event }: ProceedInput): boolean {
  if (event.type !== 'dialEnded' || !mayHaveDeclined(event.status)) return false;
  const dial = answer?.number === number ? answer.instructions.at(-1) : undefined;
  return dial?.type === 'dial' && 'phoneNumber' in dial.to && leg?.number !== number && !carrierEnd;
}

/** What the carrier reports, with what is known of the leg. */
export function withLeg({ leg }: CoreState, { number, event }: ProceedInput): CarrierEvent {
  const declined = leg?.number === number && leg.declined;
  return declined && event.type === 'dialEnded' && mayHaveDeclined(event.status)
    ? { ...event, status: 'declined' }
    : event;
}

const mayHaveDeclined = (status: string): boolean => status === 'busy' || status === 'failed';
