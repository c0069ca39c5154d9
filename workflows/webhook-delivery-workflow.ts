import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { WebhookActivities } from '../activities/webhook-activities.ts';
import type { NoticeEnd, WebhookNotice } from '../contracts/webhook-notice.ts';
import { siblingQueue } from './sibling-queue.ts';

/** One notice of a flow to a webhook, from the call that wanted it to what came of it. Workflow id: `t/<tenant>/call/<callId>/notice/<noticeId>`. It outlives the call. */
export async function webhookDeliveryWorkflow(notice: WebhookNotice): Promise<NoticeEnd> {
  // A second, 4, 16 and so on, ten minutes at most: for a quarter of an hour.
  const { deliverNotice } = proxyActivities<WebhookActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '15s',
    retry: { initialInterval: '1s', backoffCoefficient: 4, maximumInterval: '10m', maximumAttempts: 7 },
  });
  const { recordNotice } = proxyActivities<WebhookActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '10s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  const end = await deliverNotice(notice).catch(endOf);
  await recordNotice(notice, end);
  return end;
}

function endOf(failure: unknown): NoticeEnd {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  const reason = cause instanceof ApplicationFailure ? cause.type : undefined;
  return { status: 'failed', reason: reason ?? 'unreachable' };
}
