/** What is done to a call at the carrier from outside its flow. */
import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { CarrierActivities, CarrierCall } from '../../activities/carrier-activities.ts';
import type { CallControl, CallInput, ControlAnswer } from '../../contracts/messages.ts';
import { siblingQueue } from '../sibling-queue.ts';
import type { CoreState } from './call-state.ts';

const carrier = () =>
  proxyActivities<CarrierActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 3 },
  });

export function carrierCall({ tenantId, callId, carrier: ref }: CallInput, { carrierCallId }: CoreState): CarrierCall {
  return { tenantId, callId, carrier: { ...ref, carrierCallId } };
}

/** Whether the carrier has the call and has not ended it. */
export function isAtCarrier({ carrierCallId, carrierEnd }: CoreState): boolean {
  return carrierCallId !== '' && carrierEnd === undefined;
}

/** Whether the carrier does what a document in its place would cancel: it puts the caller through, or takes a message. */
export function isTakenUp({ phase, answer }: CoreState): boolean {
  const last = answer?.instructions.at(-1)?.type;
  return phase === 'degraded' || last === 'dial' || last === 'voicemail';
}

/** Ends the call at the carrier, whether it rings or goes on; where the carrier is away it is asked later how the call ended. */
export async function endAtCarrier(call: CarrierCall): Promise<void> {
  await carrier()
    .hangUp(call)
    .catch(() => undefined);
}

export async function sendToCall(callId: string, event: CallControl): Promise<ControlAnswer> {
  try {
    await carrier().sendEvent({ callId, event });
    return { type: 'done' };
  } catch (failure) {
    const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
    return { type: 'refused', code: (cause instanceof ApplicationFailure && cause.type) || 'unexpected' };
  }
}
