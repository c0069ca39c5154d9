import { ServiceError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { startOutboundCall } from './start-outbound-call.ts';
import { route } from './testing/api-harness.ts';

const { tenantId, flow, degradedPlan, language, allowedPrivateHosts } = route;
const carrier = { provider: 'twilio', accountId: 'AC1', carrierCallId: '' } as const;
const call = {
  tenantId,
  callId: 'out-1',
  direction: 'outbound' as const,
  from: '',
  to: '',
  carrier,
  flow,
  degradedPlan,
  language,
  allowedPrivateHosts,
};
const grpcFailure = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });

describe('startOutboundCall', () => {
  it('takes a call that was started before, even one that is over, for started', async () => {
    const again = () =>
      Promise.reject(new WorkflowExecutionAlreadyStartedError('again', 't/acme/call/out-1', 'callWorkflow'));
    await expect(startOutboundCall(again, call)).resolves.toBeUndefined();
  });

  it.each([
    ['bare', grpcFailure],
    ['wrapped', new ServiceError('failed', { cause: grpcFailure })],
  ])('says that Temporal is away (%s)', async (_name, failure) => {
    await expect(startOutboundCall(() => Promise.reject(failure), call)).rejects.toMatchObject({
      code: 'temporal-unavailable',
      retry: true,
    });
  });

  it('hides nothing else', async () => {
    await expect(startOutboundCall(() => Promise.reject(new TypeError('ours')), call)).rejects.toThrow('ours');
  });
});
