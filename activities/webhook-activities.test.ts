import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { WebhookNotice } from '../contracts/webhook-notice.ts';
import type { SigningWebhook } from '../db/webhooks.ts';
import { testLog } from '../test/test-keys.ts';
import { type ToolServer, startToolServer } from '../test/tool-server.ts';
import { createWebhookActivities } from './webhook-activities.ts';

const webhooks = new Map<string, SigningWebhook | AppError>();
const recorded: object[] = [];
const { activities, close } = createWebhookActivities({
  webhooks: {
    readWebhook: async (tenantId, webhookId) => {
      const known = tenantId === 'acme' ? webhooks.get(webhookId) : undefined;
      if (known instanceof AppError) throw known;
      return known;
    },
  },
  events: { appendEvent: async (event) => void recorded.push(event) },
  log: testLog,
  nowMs: () => 1_700_000_000_500,
});

let server: ToolServer;
beforeAll(async () => {
  server = await startToolServer();
});
afterAll(async () => {
  await close();
  await server.close();
});
beforeEach(() => {
  server.received.length = 0;
  server.answers.clear();
  webhooks.set('crm', { webhookId: 'crm', name: 'CRM', url: `${server.url}/hook`, secret: 'tajné' });
});

const notice = (fields: Partial<WebhookNotice> = {}): WebhookNotice => ({
  tenantId: 'acme',
  callId: 'CA1',
  noticeId: '1',
  webhookId: 'crm',
  atMs: 1_699_999_999_000,
  direction: 'inbound',
  flowId: 'orders',
  flowVersion: 3,
  nodeId: 'tell-crm',
  text: 'Volající chce zavolat zpět.',
  allowedPrivateHosts: [server.host],
  ...fields,
});
const answers = (status: number, headers: Record<string, string> = {}): void =>
  void server.answers.set('/hook', (response) => response.writeHead(status, headers).end('<p>ok</p>'));

describe('a notice', () => {
  it('is posted once, signed with the time', async () => {
    answers(204);
    expect(await activities.deliverNotice(notice())).toEqual({ status: 'delivered', httpStatus: 204 });
    const [{ method, headers, body } = { method: '', headers: {}, body: '' }] = server.received;
    expect([server.received.length, method, headers['content-type']]).toEqual([1, 'POST', 'application/json']);
    expect(JSON.parse(body)).toEqual({
      type: 'call.notice',
      timestamp: '2023-11-14T22:13:19.000Z',
      data: {
        callId: 'CA1',
        direction: 'inbound',
        flowId: 'orders',
        flowVersion: 3,
        nodeId: 'tell-crm',
        text: 'Volající chce zavolat zpět.',
      },
    });
    const signed = createHmac('sha256', 'tajné').update(`CA1/1.1700000000.${body}`).digest('base64');
    expect(headers).toMatchObject({
      'webhook-id': 'CA1/1',
      'webhook-timestamp': '1700000000',
      'webhook-signature': `v1,${signed}`,
    });
  });

  it.each([408, 429, 500, 503])('that meets status %i is tried again', async (status) => {
    answers(status);
    await expect(activities.deliverNotice(notice())).rejects.toMatchObject({
      type: `http-${status}`,
      nonRetryable: false,
    });
  });

  it.each([
    ['410', () => answers(410), 'http-410'],
    ['a redirect', () => answers(302, { location: 'https://elsewhere.test' }), 'http-302'],
  ])('that meets %s is given up', async (_what, prepare, reason) => {
    prepare();
    expect(await activities.deliverNotice(notice())).toEqual({ status: 'failed', reason });
    expect(server.received).toHaveLength(1);
  });

  it('does not reach our own network unless the tenant may', async () => {
    const refused = { status: 'failed', reason: 'refused-address' };
    expect(await activities.deliverNotice(notice({ allowedPrivateHosts: [] }))).toEqual(refused);
    const { port } = new URL(server.url);
    webhooks.set('crm', { webhookId: 'crm', name: 'CRM', url: `http://localhost:${port}/hook` });
    expect(await activities.deliverNotice(notice({ allowedPrivateHosts: [] }))).toEqual(refused);
    expect(server.received).toEqual([]);
  });

  it('needs a webhook of the tenant whose secret can be read', async () => {
    const unknown = { status: 'failed', reason: 'webhook-unknown' };
    expect(await activities.deliverNotice(notice({ webhookId: 'gone' }))).toEqual(unknown);
    expect(await activities.deliverNotice(notice({ tenantId: 'other' }))).toEqual(unknown);
    webhooks.set('crm', new AppError('secret-unreadable', 'no key'));
    expect(await activities.deliverNotice(notice())).toEqual({ status: 'failed', reason: 'secret-unreadable' });
    webhooks.set('crm', new AppError('database-unavailable', 'away'));
    await expect(activities.deliverNotice(notice())).rejects.toMatchObject({ nonRetryable: false });
  });

  it('that cannot be reached is tried again', async () => {
    webhooks.set('crm', { webhookId: 'crm', name: 'CRM', url: 'http://127.0.0.1:1/hook' });
    await expect(activities.deliverNotice(notice({ allowedPrivateHosts: ['127.0.0.1:1'] }))).rejects.toMatchObject({
      type: 'unreachable',
      nonRetryable: false,
    });
  });

  it('leaves in the call’s events what came of it, without its words', async () => {
    await activities.recordNotice(notice(), { status: 'failed', reason: 'http-410' });
    expect(recorded).toEqual([
      {
        tenantId: 'acme',
        callId: 'CA1',
        eventId: 'notice/1',
        kind: 'notice',
        atMs: 1_700_000_000_500,
        data: { webhookId: 'crm', nodeId: 'tell-crm', status: 'failed', reason: 'http-410' },
      },
    ]);
  });
});
