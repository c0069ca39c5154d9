/**
 * How a call changes hands without a moment in which nobody hears the caller: before its gateway gives it up, the carrier
 * forks what he says to the gateway that follows. Whatever of it fails, the call changes hands all the same.
 */
import { condition, proxyActivities } from '@temporalio/workflow';
import type { CarrierActivities } from '../../activities/carrier-activities.ts';
import type { CallInput, ForkHeard, HandoverPlan, HandoverReadiness } from '../../contracts/messages.ts';
import { siblingQueue } from '../sibling-queue.ts';
import type { CoreState } from './call-state.ts';

/** From the request to the first sound that the successor hears; half a second where nobody else asks for anything. */
const heardWithinMs = 3_000;

/** Undefined where the call is not that gateway's to hand over. */
export function handoverPlanned(state: CoreState, { epoch, successor }: HandoverPlan): CoreState | undefined {
  const { phase, visit } = state;
  if (phase !== 'streaming' || epoch !== state.epoch || !visit?.stream || visit.stopped) return undefined;
  return { ...state, visit: { ...visit, successor: { gateway: successor, hears: false } } };
}

export function forkIsHeard(state: CoreState, { epoch, gatewayId }: ForkHeard): CoreState {
  const { visit } = state;
  if (epoch !== state.epoch + 1 || visit?.successor?.gateway.gatewayId !== gatewayId) return state;
  return { ...state, visit: { ...visit, successor: { ...visit.successor, hears: true } } };
}

/** Has the caller forked to the successor, and answers when it hears him, or that it does not. */
export async function prepareHandover(
  call: CallInput,
  plan: HandoverPlan,
  state: () => CoreState,
  apply: (next: CoreState) => void,
): Promise<HandoverReadiness> {
  const planned = handoverPlanned(state(), plan);
  if (!planned) return { ready: false, reason: 'not-streaming' };
  apply(planned);
  let isRefused = false;
  forkCaller(call, plan).catch(() => {
    isRefused = true;
  });
  const isOver = (): boolean => state().epoch !== plan.epoch || state().carrierEnd !== undefined;
  const hears = (): boolean => state().visit?.successor?.hears ?? false;
  await condition(() => hears() || isRefused || isOver(), heardWithinMs);
  if (hears()) return { ready: true };
  return { ready: false, reason: isRefused ? 'not-forked' : isOver() ? 'not-streaming' : 'not-heard' };
}

function forkCaller({ tenantId, callId }: CallInput, { epoch, successor }: HandoverPlan): Promise<void> {
  const { forkCaller: fork } = proxyActivities<CarrierActivities>({
    taskQueue: siblingQueue('tools'),
    scheduleToCloseTimeout: heardWithinMs,
    retry: { maximumAttempts: 1 },
    summary: `epoch ${epoch + 1} on ${successor.gatewayId}`,
  });
  return fork({ tenantId, callId, epoch: epoch + 1, gateway: successor });
}
