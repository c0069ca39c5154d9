/** What a call does when its gateway is said to be lost: it moves only where that gateway holds it and nobody answers. */
import { proxyActivities } from '@temporalio/workflow';
import type { CarrierActivities, CarrierCall } from '../../activities/carrier-activities.ts';
import type { GatewayLost } from '../../contracts/messages.ts';
import { siblingQueue } from '../sibling-queue.ts';
import type { CoreState } from './call-state.ts';

/** Whether the stream of that epoch is still with that gateway, for all that the call knows. */
export function isAlone({ phase, visit, epoch }: CoreState, lost: GatewayLost): boolean {
  if (phase !== 'streaming' || epoch !== lost.epoch || visit?.stopped) return false;
  return visit?.stream?.gatewayId === lost.gatewayId && visit.stream.epoch === lost.epoch;
}

/** Ends at the carrier what it carries out, such as a stream: it then asks for the next answer. */
export async function moveAway(
  call: CarrierCall,
  { answer }: CoreState,
  { gatewayId, why }: { gatewayId: string | undefined; why: string },
): Promise<void> {
  const { moveCall } = proxyActivities<CarrierActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '10s',
    retry: { initialInterval: '200ms', maximumAttempts: 5 },
    summary: why,
  });
  const move = { ...call, number: answer?.number ?? 0, ...(gatewayId !== undefined && { gatewayId }) };
  await moveCall(move).catch(() => undefined);
}
