import { ServiceError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { startOutboundCall } from './start-outbound-call.ts';

const grpcFailure = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });

describe('startOutboundCall', () => {
  it.each(['started', 'same-request'] as const)('is content with a call that is %s', async (started) => {
    await expect(startOutboundCall(async () => started)).resolves.toBeUndefined();
  });

  it('refuses a key that stands for another request', async () => {
    await expect(startOutboundCall(async () => 'other-request')).rejects.toMatchObject({
      code: 'idempotency-key-reused',
      status: 409,
    });
  });

  it.each([
    ['bare', grpcFailure],
    ['wrapped', new ServiceError('failed', { cause: grpcFailure })],
  ])('says that Temporal is away (%s)', async (_name, failure) => {
    await expect(startOutboundCall(() => Promise.reject(failure))).rejects.toMatchObject({
      code: 'temporal-unavailable',
      retry: true,
    });
  });

  it('hides nothing else', async () => {
    await expect(startOutboundCall(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
