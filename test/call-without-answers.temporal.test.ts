import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCallClient } from '../temporal/call-client.ts';
import { connectTemporal } from '../temporal/client.ts';
import { callStartOptions } from '../temporal/call-start-options.ts';
import { useCalls } from './call-stage.ts';
import { freePort } from './free-port.ts';
import { testPlatformKeys } from './test-keys.ts';
import { fastForward } from './time-skipping.ts';

const { carrier, gateway, newCall, temporal } = useCalls();
const { statuses, questions } = carrier;
const { gatewayId } = gateway;
beforeEach(() => {
  questions.length = 0;
});

describe('a call that is not admitted', () => {
  it('fails after two minutes, and can be adopted after that', async () => {
    const { skipping, queueName } = temporal();
    const { call, calls, end, workflowId } = newCall();
    const { workflowIdConflictPolicy: _policy, ...options } = callStartOptions(call, queueName('calls'));
    const failure: unknown = await skipping
      .execute('callWorkflow', { ...options, args: [call] })
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(failure).toMatchObject({ cause: { type: 'never-admitted' } });
    expect(await calls.adopt(call, { reason: 'temporal-unavailable', ageS: 130 })).toBe('adopted');
    expect((await temporal().client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
    expect(await end()).toMatchObject({ outcome: 'adopted' });
  });

  it('is adopted where it was never started, is recorded, and refuses a late admission', async () => {
    const { call, calls, end, kinds } = newCall();
    expect(await calls.adopt(call, { reason: 'temporal-unavailable', ageS: 30 })).toBe('adopted');
    expect(await calls.admit(call, { gateway })).toEqual({ type: 'adopted' });
    expect(await calls.proceed(call, { number: 1, event: { type: 'done' } })).toEqual({ type: 'adopted' });
    const { outcome, durationMs } = await end();
    expect(outcome).toBe('adopted');
    expect(durationMs).toBeGreaterThanOrEqual(30_000);
    expect(kinds()).toEqual(['admitted', 'adopted', 'ended']);
  });

  it('is adopted after a late admission, which is withdrawn', async () => {
    const { call, calls, end } = newCall();
    await calls.admit(call, { gateway });
    expect(await calls.adopt(call, { reason: 'temporal-unavailable', ageS: 3 })).toBe('adopted');
    expect(await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId })).toEqual({
      accepted: false,
      reason: 'not-streaming',
    });
    expect(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway })).toEqual({
      type: 'adopted',
    });
    expect(await end()).toMatchObject({ outcome: 'adopted' });
  });
});

describe('a call that Temporal does not answer in time', () => {
  it('is unanswered, not failed, and may run all the same', async () => {
    const { client } = temporal();
    const { call, workflowId } = newCall();
    const calls = createCallClient(client, { taskQueue: `nobody-${randomUUID()}` });
    expect(await calls.admit(call, { gateway })).toEqual({ type: 'unanswered' });
    const handle = client.workflow.getHandle(workflowId);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });

  it('is unanswered where no server is at all', async () => {
    const { client, close } = connectTemporal({
      address: `127.0.0.1:${await freePort()}`,
      namespace: 'default',
      platformKeys: testPlatformKeys,
    });
    const { call } = newCall();
    const calls = createCallClient(client);
    const [admitted, proceeded, attached, adopted, told] = await Promise.all([
      calls.admit(call, { gateway }),
      calls.proceed(call, { number: 1, event: { type: 'done' } }),
      calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId }),
      calls.adopt(call, { reason: 'temporal-unavailable', ageS: 3 }),
      calls.carrierStatus(call, { status: 'completed', sequence: 1 }),
    ]);
    expect({ admitted, proceeded, attached, adopted, told }).toEqual({
      admitted: { type: 'unanswered' },
      proceeded: { type: 'unanswered' },
      attached: undefined,
      adopted: 'unanswered',
      told: false,
    });
    await close();
  });
});

describe('a carrier that stays silent', () => {
  it('is asked 30 s after the caller hung up', async () => {
    const { call, calls, callId, result, workflowId } = newCall();
    await calls.admit(call, { gateway });
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    statuses.set(callId, 'completed');
    await fastForward(temporal().client, workflowId, 25);
    expect(questions).toEqual([]);
    await fastForward(temporal().client, workflowId, 6);
    expect(await result()).toMatchObject({ outcome: 'callerHungUp' });
    expect(questions).toEqual([callId]);
  });

  it('is asked again while an adopted call goes on', async () => {
    const { call, calls, callId, end, workflowId } = newCall();
    await calls.adopt(call, { reason: 'temporal-unavailable', ageS: 3 });
    await fastForward(temporal().client, workflowId, 181);
    await fastForward(temporal().client, workflowId, 181);
    expect(questions).toEqual([callId, callId]);
    expect(await end()).toMatchObject({ outcome: 'adopted' });
  });
});
