/** Server-side time skipping, one execution at a time: the only file that knows this experimental API. */
import { randomUUID } from 'node:crypto';
import { type Client, WorkflowClient, type WorkflowStartInput } from '@temporalio/client';
import proto from '@temporalio/proto';

const pollTimedOut = proto.temporal.api.enums.v1.FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT;

/** "Now it is `seconds` later" for one execution; afterwards skipping is off. Takes 15-50 ms. Returns why it could not complete, if so. */
export async function fastForward(client: Client, workflowId: string, seconds: number): Promise<string | undefined> {
  const id = randomUUID();
  await configure(client, workflowId, { enabled: true, fastForwardConfig: { id, duration: { seconds } } });
  const request = { namespace: client.options.namespace, workflowExecution: { workflowId }, fastForwardId: id };
  for (;;) {
    const answer = await client.workflowService.pollWorkflowExecutionTimeSkipping(request);
    if (answer.fastForwardPollingResult !== pollTimedOut) return answer.failedReason || undefined;
  }
}

/** "Let it run out": every timer of this execution passes at once. */
export async function skipWaits(client: Client, workflowId: string): Promise<void> {
  await configure(client, workflowId, { enabled: true });
}

/** Every start by this client, update-with-start included, begins with skipping on. Signal-with-start does not. */
export class SkippingWorkflowClient extends WorkflowClient {
  protected override async createStartWorkflowRequest(input: WorkflowStartInput) {
    return { ...(await super.createStartWorkflowRequest(input)), timeSkippingConfig: { enabled: true } };
  }
}

function configure(client: Client, workflowId: string, timeSkippingConfig: object) {
  return client.workflowService.updateWorkflowExecutionOptions({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig },
    updateMask: { paths: ['time_skipping_config'] },
  });
}
