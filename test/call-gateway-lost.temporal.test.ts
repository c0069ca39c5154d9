import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useCalls } from './call-stage.ts';
import { answerOf } from './running-call.ts';

const { carrier, gateway, newCall, temporal } = useCalls();
const { moved } = carrier;
const { gatewayId } = gateway;

describe('a call whose gateway is said to be lost', () => {
  const streamingOn = async (holder: string) => {
    const made = newCall();
    await made.calls.admit(made.call, { gateway: { ...gateway, gatewayId: holder } });
    await made.calls.attach(made.call, { epoch: 1, streamId: 'MZ1', gatewayId: holder });
    return made;
  };
  const movesOf = ({ callId }: { callId: string }) => moved.filter((move) => move.callId === callId);

  it('moves where nobody answers, and only for the epoch that it was told of', async () => {
    const nobody = `g-${randomUUID()}`;
    const { call, calls, end } = await streamingOn(nobody);
    await calls.gatewayLost(call, { gatewayId: nobody, epoch: 2 });
    await calls.gatewayLost(call, { gatewayId, epoch: 1 });
    await calls.gatewayLost(call, { gatewayId: nobody, epoch: 1 });
    await expect
      .poll(() => movesOf(call), { timeout: 10_000 })
      .toEqual([{ callId: call.callId, number: 1, gatewayId: nobody }]);
    const again = answerOf(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway }));
    expect(again.media).toMatchObject({ epoch: 2 });
    await calls.attach(call, { epoch: 2, streamId: 'MZ2', gatewayId });
    await calls.gatewayLost(call, { gatewayId: nobody, epoch: 1 });
    await calls.mediaStopped(call, { epoch: 2, outcome: 'callerHungUp', lastSeq: 0 });
    expect(await end()).toMatchObject({ epochs: 2 });
    expect(movesOf(call)).toHaveLength(1);
  });

  it('stays where its gateway answers', async () => {
    const { call, calls, end, workflowId } = await streamingOn(gatewayId);
    await calls.gatewayLost(call, { gatewayId, epoch: 1 });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    expect(await end()).toMatchObject({ epochs: 1 });
    expect(movesOf(call)).toEqual([]);
    const { events: history } = await temporal().client.workflow.getHandle(workflowId).fetchHistory();
    const asked = history?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(asked).toContain('holds');
  });
});
