import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { noticeWorkflowId } from '../contracts/ids.ts';
import { workflowNames } from '../contracts/messages.ts';
import type { NoticeEnd, WebhookNotice } from '../contracts/webhook-notice.ts';
import { noticeFlow } from './made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { answerOf, newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';

const { deps, events } = createMadeUpStores();
const attempts = new Map<string, number>();
const recorded = new Map<string, NoticeEnd>();
/** Webhooks are named after how often they are out of order before they take a notice. */
const temporal = useTemporal({
  calls: createCallRecordActivities(deps),
  tools: {
    ...createMadeUpCarrier().activities,
    deliverNotice: ({ callId, webhookId }: WebhookNotice): NoticeEnd => {
      const attempt = (attempts.get(callId) ?? 0) + 1;
      attempts.set(callId, attempt);
      if (webhookId !== 'crm' && attempt <= Number(webhookId))
        throw ApplicationFailure.retryable('out of order', 'http-503');
      return { status: 'delivered', httpStatus: 204 };
    },
    recordNotice: ({ callId }: WebhookNotice, end: NoticeEnd) => void recorded.set(callId, end),
  },
});

async function deliver(webhookId: string): Promise<{ end: unknown; callId: string }> {
  const { skipping, queueName } = temporal();
  const callId = `CA${randomUUID()}`;
  const notice: WebhookNotice = {
    tenantId: 'acme',
    callId,
    noticeId: '1',
    webhookId,
    atMs: 0,
    direction: 'inbound',
    flowId: 'f',
    flowVersion: 1,
    nodeId: 'n',
    text: 'x',
    allowedPrivateHosts: [],
  };
  const workflowId = noticeWorkflowId('acme', callId, '1');
  const options = { taskQueue: queueName('calls'), workflowId, args: [notice] };
  const end: unknown = await skipping.execute(workflowNames.webhookDelivery, options);
  expect(recorded.get(callId)).toEqual(end);
  return { end, callId };
}

it('tries a webhook that is out of order again, and says what came of it', async () => {
  const { end, callId } = await deliver('4');
  expect(end).toEqual({ status: 'delivered', httpStatus: 204 });
  expect(attempts.get(callId)).toBe(5);
});

it('gives up after seven tries', async () => {
  const { end, callId } = await deliver('100');
  expect(end).toEqual({ status: 'failed', reason: 'http-503' });
  expect(attempts.get(callId)).toBe(7);
});

it('outlives the call that wanted it, which does not wait', async () => {
  const { call, calls, callId, end } = newRunningCall(temporal(), noticeFlow);
  expect(answerOf(await calls.admit(call, {})).instructions).toMatchObject([{ type: 'hangUp' }]);
  await end();
  expect(events.get(callId)?.at(-1)).toMatchObject({ kind: 'ended', data: { tags: ['wrong number', 'callback'] } });
  const delivery = temporal().client.workflow.getHandle(noticeWorkflowId('acme', callId, '1'));
  expect(await delivery.result()).toEqual({ status: 'delivered', httpStatus: 204 });
  expect(recorded.get(callId)).toEqual({ status: 'delivered', httpStatus: 204 });
});
