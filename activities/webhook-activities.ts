import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { request } from 'undici';
import { AppError } from '../contracts/errors.ts';
import type { NoticeEnd, WebhookNotice } from '../contracts/webhook-notice.ts';
import type { CallEventStore } from '../db/call-events.ts';
import type { SigningWebhook } from '../db/webhooks.ts';
import { asActivityFailure } from './activity-failure.ts';
import { checkUrl, createGuardedAgents, type Lookup } from './tools/address-guard.ts';
import { ToolFailure } from './tools/tool-failure.ts';
import { signedHeaders } from './webhooks/sign-webhook.ts';

export interface WebhookActivityDeps {
  webhooks: { readWebhook(tenantId: string, webhookId: string): Promise<SigningWebhook | undefined> };
  events: Pick<CallEventStore, 'appendEvent'>;
  log: Logger;
  /** Reads the wall clock, in milliseconds since 1970. */
  nowMs?: () => number;
  lookup?: Lookup;
}

export type WebhookActivities = ReturnType<typeof createWebhookActivities>['activities'];

const timeoutMs = 10_000;
const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/** What flows tell webhooks. `close` ends the connections. */
export function createWebhookActivities({ webhooks, events, log, nowMs = Date.now, lookup }: WebhookActivityDeps) {
  const agents = createGuardedAgents(lookup);

  async function post(notice: WebhookNotice, { url: address, secret }: SigningWebhook): Promise<NoticeEnd> {
    const url = new URL(address);
    const body = JSON.stringify(bodyOf(notice));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Switchboard',
      ...signedHeaders({ id: `${notice.callId}/${notice.noticeId}`, atMs: nowMs(), body }, secret),
    };
    try {
      checkUrl(url, notice.allowedPrivateHosts);
      const dispatcher = agents.agentFor(url, notice.allowedPrivateHosts);
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await request(url.href, { dispatcher, method: 'POST', headers, body, signal });
      await response.body.dump().catch(() => undefined);
      return endOf(response.statusCode);
    } catch (failure) {
      if (failure instanceof ApplicationFailure) throw failure;
      if (isRefusedAddress(failure)) return { status: 'failed', reason: 'refused-address' };
      throw ApplicationFailure.retryable('the webhook cannot be reached', 'unreachable');
    }
  }

  return {
    activities: {
      /** One attempt. What may be better later fails, for Temporal to repeat it. A redirect is not followed: it would lose the body. */
      deliverNotice: (notice: WebhookNotice): Promise<NoticeEnd> =>
        asActivityFailure(async () => {
          const { tenantId, webhookId } = notice;
          const webhook = await webhooks.readWebhook(tenantId, webhookId).catch((failure: unknown) => {
            if (failure instanceof AppError && failure.code === 'secret-unreadable') return 'unreadable' as const;
            throw failure;
          });
          if (webhook === 'unreadable') return { status: 'failed', reason: 'secret-unreadable' };
          return webhook ? post(notice, webhook) : { status: 'failed', reason: 'webhook-unknown' };
        }),

      recordNotice: ({ tenantId, callId, ...notice }: WebhookNotice, end: NoticeEnd): Promise<void> =>
        asActivityFailure(async () => {
          const { noticeId, webhookId, nodeId } = notice;
          log.info({ tenantId, callId, noticeId, webhookId, ...end }, 'notice ended');
          const data = { webhookId, nodeId, ...end };
          await events.appendEvent({
            tenantId,
            callId,
            eventId: `notice/${noticeId}`,
            kind: 'notice',
            atMs: nowMs(),
            data,
          });
        }),
    },
    close: (): Promise<void> => agents.close(),
  };
}

function bodyOf({ callId, direction, flowId, flowVersion, nodeId, text, recordingId, atMs }: WebhookNotice) {
  return {
    type: 'call.notice',
    timestamp: new Date(atMs).toISOString(),
    data: { callId, direction, flowId, flowVersion, nodeId, text, ...(recordingId !== undefined && { recordingId }) },
  };
}

function endOf(httpStatus: number): NoticeEnd {
  if (httpStatus >= 200 && httpStatus < 300) return { status: 'delivered', httpStatus };
  const reason = `http-${httpStatus}`;
  if (transientStatuses.has(httpStatus) || httpStatus >= 500)
    throw ApplicationFailure.retryable('the webhook is out of order', reason);
  return { status: 'failed', reason };
}

function isRefusedAddress(failure: unknown): boolean {
  for (let error = failure; error instanceof Error; error = error.cause)
    if (error instanceof ToolFailure && error.code === 'refused-address') return true;
  return false;
}
