import { expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import type { SmsAnswer, SmsInput, SmsPriceInput } from '../contracts/call-children.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { demoFlow } from './made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';

const asked = Promise.withResolvers<SmsInput>();
const answer = Promise.withResolvers<SmsAnswer>();
const toPrice: SmsPriceInput[] = [];
const { deps, ended } = createMadeUpStores();
const temporal = useTemporal({
  calls: createCallRecordActivities(deps),
  tools: {
    ...createMadeUpCarrier().activities,
    sendSms: (input: SmsInput): Promise<SmsAnswer> => {
      asked.resolve(input);
      return answer.promise;
    },
    recordSmsPrice: async (input: SmsPriceInput) => void toPrice.push(input),
  },
});

const textFlow: FlowDocument = {
  ...demoFlow,
  nodes: {
    start: { type: 'start', edges: { next: 'text' } },
    text: { type: 'sms', text: 'Na shledanou.', edges: { sent: 'bye', failed: 'bye' } },
    bye: { type: 'hangup', reason: 'done' },
  },
};

it('a message whose caller has gone is sent and billed before the call is over', async () => {
  const { calls, call, result } = newRunningCall(temporal(), textFlow);
  await calls.admit(call, {});
  const { smsId } = await asked.promise;
  await calls.carrierStatus(call, { status: 'completed', sequence: 9 });
  await expect.poll(() => ended.has(call.callId)).toBe(true);
  answer.resolve({ type: 'smsEnded', status: 'sent', unpriced: 'SM1' });
  await result();
  const { tenantId, callId, carrier } = call;
  expect(toPrice).toEqual([{ tenantId, callId, smsId, accountId: carrier.accountId, messageId: 'SM1' }]);
});
