import { expect, it } from 'vitest';
import { pino } from 'pino';
import type { CostEntry } from '../db/cost-entries.ts';
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

async function sent(end: MessageEnd, write: (entries: readonly CostEntry[]) => void = () => undefined) {
  const { sendSms } = createSmsActivities({
    messages: { send: async () => end },
    costs: { writeCosts: async ({ entries }) => write(entries) },
    log: pino({ level: 'silent' }),
    nowMs: () => Date.parse('2026-11-26T10:00Z'),
  });
  return sendSms(message);
}

it('bills a message at the price that the carrier told, also one that did not arrive', async () => {
  const billed: CostEntry[] = [];
  const end = await sent({ status: 'failed', carrierCode: 30_003, price }, (entries) => billed.push(...entries));
  expect(end).toEqual({ type: 'smsEnded', status: 'failed' });
  expect(billed).toEqual([
    {
      entryId: 'telephony/sms/node-3',
      kind: 'telephony',
      unit: 'message-segment',
      quantity: 2,
      amountMillionths: 112_800,
      currency: 'USD',
      pricedOn: '2026-11-26',
    },
  ]);
});

it('bills nothing where no price is told, and a bill that cannot be written fails nothing', async () => {
  const billed: CostEntry[] = [];
  expect(await sent({ status: 'sent' }, (entries) => billed.push(...entries))).toMatchObject({ status: 'sent' });
  expect(billed).toEqual([]);
  const away = sent({ status: 'sent', price }, () => {
    throw new Error('away');
  });
  expect(await away).toEqual({ type: 'smsEnded', status: 'sent' });
});
