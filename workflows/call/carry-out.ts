/** Carries out what a call's flow wants done and does not wait for. */
import { WorkflowIdReusePolicy, startChild } from '@temporalio/workflow';
import type { Order } from '../../contracts/flow/effects.ts';
import { noticeWorkflowId } from '../../contracts/ids.ts';
import { type CallInput, workflowNames } from '../../contracts/messages.ts';
import type { NoticeEnd, WebhookNotice } from '../../contracts/webhook-notice.ts';

/** `begun` resolves when all of it is under way: a call may not end before, or it would never begin. */
export function createOrders(call: CallInput) {
  let notices = 0;
  let begun: Promise<unknown> = Promise.resolve();
  const begin = (work: Promise<unknown>): void => {
    begun = Promise.all([begun, work.catch(() => undefined)]);
  };
  return {
    carryOut: (orders: readonly Order[]): void => {
      for (const order of orders)
        if (order.type === 'notify' && 'webhookId' in order.to)
          begin(notify(call, order, order.to.webhookId, ++notices));
    },
    begun: (): Promise<unknown> => begun,
  };
}

function notify(
  { tenantId, callId, direction, flow: { flowId, version }, allowedPrivateHosts }: CallInput,
  { nodeId, text, recordingId }: Extract<Order, { type: 'notify' }>,
  webhookId: string,
  count: number,
): Promise<unknown> {
  const noticeId = String(count);
  const notice: WebhookNotice = {
    tenantId,
    callId,
    noticeId,
    webhookId,
    atMs: Date.now(),
    direction,
    flowId,
    flowVersion: version,
    nodeId,
    text,
    ...(recordingId !== undefined && { recordingId }),
    allowedPrivateHosts,
  };
  return startChild<(notice: WebhookNotice) => Promise<NoticeEnd>>(workflowNames.webhookDelivery, {
    args: [notice],
    workflowId: noticeWorkflowId(tenantId, callId, noticeId),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    parentClosePolicy: 'ABANDON',
    staticSummary: `notice of node ${nodeId}`,
  });
}
