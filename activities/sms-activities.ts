import type { Logger } from 'pino';
import type { QuestionActivities } from '../contracts/call-children.ts';
import { AppError } from '../contracts/errors.ts';
import type { CallKey } from '../db/call-sessions.ts';
import type { CostStore } from '../db/cost-entries.ts';
import type { MessagePrice } from '../telephony/message-price.ts';
import type { createTwilioMessages } from '../telephony/twilio-messages.ts';
import { asActivityFailure } from './activity-failure.ts';

export interface SmsActivityDeps {
  messages: Pick<ReturnType<typeof createTwilioMessages>, 'send' | 'price'>;
  costs: Pick<CostStore, 'writeCosts'>;
  log: Logger;
  nowMs: () => number;
}

/** The text messages of flows. */
export function createSmsActivities({ messages, costs, log, nowMs }: SmsActivityDeps): QuestionActivities {
  const writePrice = async (call: CallKey, smsId: string, price: MessagePrice): Promise<void> => {
    const { amountMillionths, currency, segments } = price;
    const entry = {
      entryId: `telephony/sms/${smsId}`,
      kind: 'telephony',
      unit: 'message-segment',
      quantity: segments,
      amountMillionths,
      currency,
      pricedOn: new Date(nowMs()).toISOString().slice(0, 10),
    };
    await costs.writeCosts({ ...call, entries: [entry] });
  };
  /** A bill that cannot be written now does not make a message that has gone out fail: it is written later. */
  const isBilled = (call: CallKey, smsId: string, price: MessagePrice): Promise<boolean> =>
    writePrice(call, smsId, price).then(
      () => true,
      (err: unknown) => {
        log.warn({ ...call, smsId, err }, 'price of a text message not written yet');
        return false;
      },
    );

  return {
    /** A refusal is an outcome; only what is not known to have happened is tried again, under the same name. */
    sendSms: ({ tenantId, callId, smsId, ...message }) =>
      asActivityFailure(async () => {
        const end = await messages.send({ tenantId, callId, name: `sms/${smsId}` }, message);
        const carrierCode = end.status === 'failed' ? end.carrierCode : undefined;
        log.info({ tenantId, callId, smsId, status: end.status, carrierCode }, 'text message ended');
        const { status, messageId, price } = end;
        const billed = price !== undefined && (await isBilled({ tenantId, callId }, smsId, price));
        return { type: 'smsEnded', status, ...(messageId !== undefined && !billed && { unpriced: messageId }) };
      }),

    recordSmsPrice: ({ tenantId, callId, smsId, accountId, messageId }) =>
      asActivityFailure(async () => {
        const price = await messages.price({ tenantId, accountId, messageId });
        if (price === 'not-yet') throw new AppError('not-ready', 'the carrier has not priced the message yet');
        if (price === 'never') log.info({ tenantId, callId, smsId }, 'a text message has no price');
        else await writePrice({ tenantId, callId }, smsId, price);
      }),
  };
}
