import type { Client } from '@temporalio/client';
import { gatewayLeaseWorkflowId, taskQueues } from '../contracts/ids.ts';
import { type GatewayLeaseInput, workflowNames } from '../contracts/messages.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import { askWithin } from './unanswered.ts';

const openDeadlineMs = 2_000;

/** Opens the lease of a gateway; where one is open already, it stays. Rejects where Temporal does not answer in time. */
export function createGatewayLeaseClient(
  client: Client,
  { nowMs = Date.now, taskQueue = taskQueues.calls }: { nowMs?: () => number; taskQueue?: string } = {},
) {
  return async ({ gatewayId }: GatewayLeaseInput): Promise<void> => {
    await askWithin(client, openDeadlineMs, nowMs(), () =>
      client.workflow.start(workflowNames.gatewayLease, {
        workflowId: gatewayLeaseWorkflowId(gatewayId),
        taskQueue,
        args: [{ gatewayId } satisfies GatewayLeaseInput],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowTaskTimeout: '2s',
        typedSearchAttributes: [{ key: searchAttributes.gatewayId, value: gatewayId }],
        staticSummary: `gateway ${gatewayId}`,
      }),
    );
  };
}
