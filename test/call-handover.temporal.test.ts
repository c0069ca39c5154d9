import { describe, expect, it } from 'vitest';
import { useCalls } from './call-stage.ts';
import { answerOf } from './running-call.ts';
import { fastForward } from './time-skipping.ts';

const { carrier, gateway, newCall, temporal } = useCalls();
const drained = { ...gateway, gatewayId: 'g-drained' };
const plan = { epoch: 1, successor: gateway };
const ended = { number: 1, event: { type: 'streamEnded' } } as const;

describe('a call whose gateway drains', () => {
  const streaming = async () => {
    const made = newCall();
    await made.calls.admit(made.call, { gateway: drained });
    await made.calls.attach(made.call, { epoch: 1, streamId: 'MZ1', gatewayId: drained.gatewayId });
    const { client } = temporal();
    const historyLength = async (): Promise<number> =>
      (await client.workflow.getHandle(made.workflowId).describe()).historyLength;
    return { ...made, historyLength };
  };

  it('has its caller forked to the next one, and goes on there once that hears him', async () => {
    const { call, calls, end, historyLength } = await streaming();
    const before = await historyLength();
    const preparing = calls.prepareHandover(call, plan);
    await carrier.hasForked(call.callId);
    expect(carrier.forked.find(({ callId }) => callId === call.callId)).toEqual({
      tenantId: call.tenantId,
      callId: call.callId,
      epoch: 2,
      gateway,
    });
    await calls.forkHeard(call, { epoch: 2, gatewayId: gateway.gatewayId });
    expect(await preparing).toEqual({ ready: true });
    expect((await historyLength()) - before).toBeLessThanOrEqual(18);
    await calls.checkpoint(call, { epoch: 1, lastSeq: 3, isHandover: true, heardUntilMs: 4_000 });
    const next = answerOf(await calls.proceed(call, { ...ended, gateway: { ...gateway, gatewayId: 'g-other' } }));
    expect(next.media).toMatchObject({ epoch: 2, gateway });
    const attached = await calls.attach(call, { epoch: 2, streamId: 'MZ2', gatewayId: gateway.gatewayId });
    expect(attached).toMatchObject({ accepted: true, unnoticed: true, heardUntilMs: 4_000 });
    await calls.mediaStopped(call, { epoch: 2, outcome: 'callerHungUp', lastSeq: 0 });
    expect(await end()).toMatchObject({ epochs: 2 });
  });

  it('is handed over unheard where the carrier refuses the fork', async () => {
    const { call, calls, end } = await streaming();
    carrier.refusals.set(call.callId, 'carrier-refused');
    expect(await calls.prepareHandover(call, plan)).toEqual({ ready: false, reason: 'not-forked' });
    await calls.checkpoint(call, { epoch: 1, lastSeq: 3, isHandover: true, heardUntilMs: 4_000 });
    const offered = { ...gateway, gatewayId: 'g-other' };
    expect(answerOf(await calls.proceed(call, { ...ended, gateway: offered })).media).toMatchObject({
      epoch: 2,
      gateway: offered,
    });
    await calls.mediaStopped(call, { epoch: 2, outcome: 'callerHungUp', lastSeq: 0 });
    await end();
  });

  it('waits three seconds for the next gateway to hear him', async () => {
    const { call, calls, end, workflowId } = await streaming();
    const preparing = calls.prepareHandover(call, plan);
    await carrier.hasForked(call.callId);
    await fastForward(temporal().client, workflowId, 4);
    expect(await preparing).toEqual({ ready: false, reason: 'not-heard' });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    await end();
  });

  it('is not prepared in an epoch that is over, nor when its caller has gone', async () => {
    const { call, calls, end } = await streaming();
    expect(await calls.prepareHandover(call, { ...plan, epoch: 2 })).toEqual({ ready: false, reason: 'not-streaming' });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    await end();
    expect(await calls.prepareHandover(call, plan)).toEqual({ ready: false, reason: 'not-streaming' });
  });
});
