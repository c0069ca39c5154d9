/**
 * The text messages of a call's flow. A call that ends meanwhile waits for both: each message is sent though its caller has
 * gone, and is billed when the carrier knows its price, which may be hours later.
 */
import { log, proxyActivities } from '@temporalio/workflow';
import type { AnswerTo, QuestionActivities, SmsAnswer } from '../../contracts/call-children.ts';
import type { Question } from '../../contracts/flow/effects.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { siblingQueue } from '../sibling-queue.ts';

export type TextMessages = ReturnType<typeof createTextMessages>;

export function createTextMessages({ tenantId, callId, direction, from, to, carrier: { accountId } }: CallInput) {
  const { sendSms } = proxyActivities<QuestionActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '15s',
    scheduleToCloseTimeout: '1m',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 5 },
  });
  // Carriers price a message some minutes after it has left.
  const { recordSmsPrice } = proxyActivities<QuestionActivities>({
    taskQueue: siblingQueue('tools'),
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '2d',
    retry: { initialInterval: '1m', backoffCoefficient: 2, maximumInterval: '2h' },
  });
  let settled: Promise<unknown> = Promise.resolve();

  async function bill(smsId: string, { unpriced: messageId }: SmsAnswer): Promise<void> {
    if (messageId === undefined) return;
    await recordSmsPrice({ tenantId, callId, smsId, accountId, messageId }).catch(() =>
      log.warn('the price of a text message was never told', { smsId }),
    );
  }

  return {
    send: ({ to: receiver, text, visit }: Extract<Question, { type: 'sendSms' }>): Promise<AnswerTo<'sendSms'>> => {
      const smsId = `node-${visit}`;
      const ours = direction === 'inbound' ? to : from;
      const sent = sendSms({ tenantId, callId, smsId, accountId, from: ours, to: receiver, text });
      settled = Promise.all([settled, sent.then((answer) => bill(smsId, answer)).catch(() => undefined)]);
      return sent.then(({ unpriced: _later, ...answer }) => answer);
    },

    /** Resolves when every message has been sent or given up, and billed. */
    settled: (): Promise<unknown> => settled,
  };
}
