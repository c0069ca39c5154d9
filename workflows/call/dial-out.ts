/** How a call that we place gets to the carrier: its turn, one request to dial, and what comes of it. */
import { condition, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { CarrierActivities, DialResult } from '../../activities/carrier-activities.ts';
import type { DialFailure } from '../../contracts/dial-failure.ts';
import type { CallInput, DialPlan } from '../../contracts/messages.ts';
import { siblingQueue } from '../sibling-queue.ts';
import { carrierCall, endAtCarrier, isAtCarrier } from './at-carrier.ts';
import { dialled, gaveUp, isDialled } from './call-end.ts';
import type { CoreState } from './call-state.ts';

/** Nobody expects a call any more that was asked for so long ago. */
const longestTurnMs = 3_600_000;
const unavailable: DialFailure = { reason: 'unavailable' };
const notInTime: DialFailure = { reason: 'not-in-time' };

type Placed = Exclude<DialResult, { status: 'later' }> | { status: 'withdrawn' };

/**
 * Dials, or gives up. Where the answer to our request is lost, the first callback of the call tells as well as a later try:
 * its address names the call.
 */
export async function dialOut(
  call: CallInput,
  plan: DialPlan,
  state: () => CoreState,
  apply: (next: CoreState) => void,
): Promise<void> {
  const placing = place(call, plan, state).catch((): Placed => ({ status: 'failed', failure: unavailable }));
  const placed = await Promise.race([placing, condition(() => isDialled(state()))]);
  if (!isDialled(state()) && typeof placed === 'object') apply(placedAs(state(), placed));
  if (state().isWithdrawn && isAtCarrier(state())) await endAtCarrier(carrierCall(call, state()));
}

function placedAs(state: CoreState, placed: Placed): CoreState {
  switch (placed.status) {
    case 'dialling':
      return dialled(state, placed.carrierCallId);
    case 'withdrawn':
      return gaveUp(state, 'canceled', Date.now());
    case 'failed':
      return gaveUp(state, 'failed', Date.now(), placed.failure);
  }
}

/** Asks for its turn until it comes, or the call is withdrawn. The carrier's word after a try that went wrong is worth 30 s. */
async function place(
  { tenantId, callId, from, to, carrier }: CallInput,
  { idempotencyKey, timeoutS, machineDetection = 'off' }: DialPlan,
  state: () => CoreState,
): Promise<Placed> {
  const activities = proxyActivities<CarrierActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: '2m',
    retry: { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '3s' },
  });
  const { accountId } = carrier;
  const input = { tenantId, callId, from, to, accountId, idempotencyKey, machineDetection, ringTimeoutS: timeoutS };
  const lastAtMs = workflowInfo().startTime.getTime() + longestTurnMs;
  // What is recorded before may have waited for the database.
  if (Date.now() > lastAtMs) return { status: 'failed', failure: notInTime };
  while (!state().isWithdrawn) {
    const result = await activities.dial(input);
    if (result.status !== 'later') return result;
    if (Date.now() + result.afterMs > lastAtMs) return { status: 'failed', failure: notInTime };
    await condition(() => state().isWithdrawn === true, result.afterMs);
  }
  return { status: 'withdrawn' };
}
