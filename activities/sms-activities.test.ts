import { expect, it } from 'vitest';
import { pino } from 'pino';
import type { CostEntry } from '../db/cost-entries.ts';
import type { MessagePrice } from '../telephony/message-price.ts';
import type { MessageEnd } from '../telephony/twilio-messages.ts';
import { createSmsActivities } from './sms-activities.ts';

const price = { amountMillionths: 112_800, currency: 'USD', segments: 2 };
const message = {
  tenantId: 'acme',
  callId: 'CA1',
  smsId: 'node-3',
  accountId: 'AC1',
  from: '+1',
  to: '+2',
  text: 'Hi',
};

const billed = {
  entryId: 'telephony/sms/node-3',
  kind: 'telephony',
  unit: 'message-segment',
  quantity: 2,
  amountMillionths: 112_800,
  currency: 'USD',
  pricedOn: '2026-11-26',
};

function activities({ end = { status: 'sent' }, told = 'never', isAway = false }: Told) {
  const bill: CostEntry[] = [];
  const made = createSmsActivities({
    messages: { send: async () => end, price: async () => told },
    costs: {
      writeCosts: async ({ entries }) => {
        if (isAway) throw new Error('away');
        bill.push(...entries);
      },
    },
    log: pino({ level: 'silent' }),
    nowMs: () => Date.parse('2026-11-26T10:00Z'),
  });
  return { ...made, bill };
}

interface Told {
  end?: MessageEnd;
  told?: MessagePrice | 'not-yet' | 'never';
  isAway?: boolean;
}

it('bills a message at the price that the carrier told, also one that did not arrive', async () => {
  const { sendSms, bill } = activities({ end: { status: 'failed', carrierCode: 30_003, messageId: 'SM1', price } });
  expect(await sendSms(message)).toEqual({ type: 'smsEnded', status: 'failed' });
  expect(bill).toEqual([billed]);
});

it('says which message is still to be billed: without a price, or where the bill could not be written', async () => {
  const unpriced = { type: 'smsEnded', status: 'sent', unpriced: 'SM1' };
  const { sendSms, bill } = activities({ end: { status: 'sent', messageId: 'SM1' } });
  expect(await sendSms(message)).toEqual(unpriced);
  expect(bill).toEqual([]);
  const away = activities({ end: { status: 'sent', messageId: 'SM1', price }, isAway: true });
  expect(await away.sendSms(message)).toEqual(unpriced);
  const refused = activities({ end: { status: 'failed', carrierCode: 21_614 } });
  expect(await refused.sendSms(message)).toEqual({ type: 'smsEnded', status: 'failed' });
});

it('bills a price that is told later, and is to be tried again until it is', async () => {
  const question = { tenantId: 'acme', callId: 'CA1', smsId: 'node-3', accountId: 'AC1', messageId: 'SM1' };
  const known = activities({ told: price });
  await known.recordSmsPrice(question);
  expect(known.bill).toEqual([billed]);
  const never = activities({ told: 'never' });
  await never.recordSmsPrice(question);
  expect(never.bill).toEqual([]);
  await expect(activities({ told: 'not-yet' }).recordSmsPrice(question)).rejects.toMatchObject({
    type: 'not-ready',
    nonRetryable: false,
  });
  await expect(activities({ told: price, isAway: true }).recordSmsPrice(question)).rejects.toThrow('away');
});
