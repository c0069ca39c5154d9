import { proxyActivities } from '@temporalio/workflow';
import type { GatewayLossActivities } from '../activities/gateway-loss-activities.ts';
import type { GatewayActivities } from '../contracts/gateway.ts';
import { gatewayTaskQueue } from '../contracts/ids.ts';
import type { GatewayLeaseInput } from '../contracts/messages.ts';

/**
 * Watches over one gateway process, without a history while it lives. Workflow id: `gw/<gatewayId>`. That the lease ended
 * is a suspicion: a server that was away ends every lease at once. The calls decide, and a gateway that lives opens a new one.
 */
export async function gatewayLeaseWorkflow({ gatewayId }: GatewayLeaseInput): Promise<'drained' | 'alive' | 'lost'> {
  const { holdLease } = proxyActivities<GatewayActivities>({
    taskQueue: gatewayTaskQueue(gatewayId),
    scheduleToStartTimeout: '10s', // it died before it polled
    startToCloseTimeout: '30 days',
    heartbeatTimeout: '1s',
    retry: { maximumAttempts: 1 },
  });
  const { announceGatewayLost } = proxyActivities<GatewayLossActivities>({
    startToCloseTimeout: '1m',
    retry: { initialInterval: '500ms', maximumInterval: '5s' },
  });
  try {
    await holdLease();
    return 'drained';
  } catch {
    return announceGatewayLost({ gatewayId });
  }
}
