import proto from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import { useCalls } from './call-stage.ts';
import { orderFlow, relayFlow } from './made-up-call.ts';
import { answerOf } from './running-call.ts';

const { carrier, commands, costs, ended, gateway, newCall, temporal, warmed } = useCalls();
const { hungUp, sent, refusals } = carrier;
const { gatewayId } = gateway;

describe('a call', () => {
  it('is answered, streamed, ended, recorded and billed', async () => {
    const { call, calls, callId, end, kinds } = newCall();
    const first = answerOf(await calls.admit(call, { gateway }));
    expect(first.media).toMatchObject({ epoch: 1, nodeId: 'helper', gateway });
    const attached = await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    expect(attached).toMatchObject({ accepted: true, resumed: false, nodeId: 'helper' });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'ended', lastSeq: 0 });
    const last = answerOf(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway }));
    expect(last.instructions).toMatchObject([{ type: 'hangUp', lastWords: { text: 'Na shledanou.' } }]);
    expect(await end()).toMatchObject({ outcome: 'done', epochs: 1 });
    expect(kinds()).toEqual(['admitted', 'decision', 'decision', 'decision', 'decision', 'ended']);
    expect(costs.get(callId)).toMatchObject([
      { entryId: 'telephony/leg', quantity: 61, amountMillionths: 17_000 },
      { entryId: 'telephony/stream' },
    ]);
    expect(ended.get(callId)).toBe('done');
    expect(warmed).toContainEqual(expect.objectContaining({ callId, epoch: 1, nodeId: 'helper' }));
  });

  it('gives the stored answer to a repeated question, also after its end', async () => {
    const { call, calls, end } = newCall();
    const [one, two] = await Promise.all([calls.admit(call, { gateway }), calls.admit(call, { gateway })]);
    expect(one).toEqual(two);
    await calls.mediaStopped(call, { epoch: 1, outcome: 'ended', lastSeq: 0 });
    const question = { number: 1, event: { type: 'streamEnded' }, gateway } as const;
    const answered = await calls.proceed(call, question);
    expect(await calls.proceed(call, question)).toEqual(answered);
    await end();
    expect(await calls.admit(call, { gateway })).toEqual(one);
    expect(await calls.proceed(call, question)).toEqual(answered);
    expect(await calls.proceed(call, { ...question, number: 2 })).toEqual({ type: 'gone' });
  });

  it('refuses a number that was never given out, and a question before the admission', async () => {
    const { call, calls, end } = newCall();
    expect(await calls.proceed(call, { number: 1, event: { type: 'done' } })).toEqual({ type: 'gone' });
    await calls.admit(call, { gateway });
    expect(await calls.proceed(call, { number: 7, event: { type: 'done' } })).toEqual({
      type: 'refused',
      code: 'callback-malformed',
    });
    await end();
  });

  it('hands its stream on to the next assistant, once however often it is asked', async () => {
    const { call, calls, end } = newCall(relayFlow);
    await calls.admit(call, { gateway });
    expect(await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId })).toMatchObject({ visit: 1 });
    const left = { epoch: 1, visit: 1, outcome: 'order', lastSeq: 3, mayGoOn: true };
    const answer = await calls.assistantLeft(call, left);
    expect(answer).toMatchObject({ next: 'assistant', nodeId: 'clerk', visit: 2 });
    expect(await calls.assistantLeft(call, left)).toEqual(answer);
    expect(await calls.state(call)).toMatchObject({ phase: 'streaming', epoch: 1, nodeId: 'clerk', answerNumber: 1 });
    expect(await calls.assistantLeft(call, { ...left, visit: 2, outcome: 'ended' })).toEqual({ next: 'carrier' });
    const last = answerOf(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway }));
    expect(last.instructions).toMatchObject([{ type: 'hangUp' }]);
    expect(await end()).toMatchObject({ outcome: 'done', epochs: 1 });
    expect(await calls.assistantLeft(call, { ...left, visit: 3 })).toEqual({ next: 'carrier' });
  });

  it('keeps what a caller typed for whoever asks by its name, and nowhere in the clear', async () => {
    const { call, calls, workflowId, end } = newCall();
    const digits = '4111222233334444';
    await calls.admit(call, { gateway });
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    await calls.sensitiveEntry(call, { epoch: 1, visit: 1, name: 'card', state: 'given', digits });
    expect(await calls.sensitiveInput(call, 'card')).toBe(digits);
    expect(await calls.sensitiveInput(call, 'toString')).toBeUndefined();
    await calls.assistantLeft(call, { epoch: 1, visit: 1, outcome: 'ended', lastSeq: 0, mayGoOn: true });
    await end();
    const history = await temporal().client.workflow.getHandle(workflowId).fetchHistory();
    const bytes = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish());
    expect(bytes.includes('sensitiveEntry')).toBe(true);
    expect(bytes.includes(digits)).toBe(false);
  });

  it('re-attaches in the next epoch after its gateway died', async () => {
    const { call, calls, workflowId, end } = newCall();
    await calls.admit(call, { gateway });
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    const again = answerOf(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway }));
    expect(again.media).toMatchObject({ epoch: 2 });
    expect(await calls.attach(call, { epoch: 1, streamId: 'MZ1b', gatewayId })).toEqual({
      accepted: false,
      reason: 'stale-epoch',
    });
    expect(await calls.attach(call, { epoch: 2, streamId: 'MZ2', gatewayId })).toMatchObject({
      accepted: true,
      resumed: true,
    });
    expect(await calls.attach(call, { epoch: 2, streamId: 'MZ3', gatewayId })).toEqual({
      accepted: false,
      reason: 'taken',
    });
    await calls.mediaStopped(call, { epoch: 2, outcome: 'callerHungUp', lastSeq: 0 });
    expect(await end()).toMatchObject({ outcome: 'callerHungUp', epochs: 2 });
    // A model session is opened ahead of the first stream alone.
    const { events } = await temporal().client.workflow.getHandle(workflowId).fetchHistory();
    const activities = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(activities.filter((name) => name === 'warm')).toHaveLength(1);
  });

  it('walks two assistants and a collect', async () => {
    const { call, calls, end } = newCall(orderFlow);
    expect(answerOf(await calls.admit(call, { gateway })).instructions).toMatchObject([
      { type: 'say' },
      { type: 'assistant', nodeId: 'helper' },
    ]);
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'order', lastSeq: 0 });
    const asked = answerOf(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway }));
    expect(asked.instructions).toMatchObject([{ type: 'gather' }]);
    const typed = answerOf(
      await calls.proceed(call, { number: 2, event: { type: 'digits', digits: '4711' }, gateway }),
    );
    expect(typed.media).toMatchObject({ epoch: 2, nodeId: 'clerk' });
    expect(await calls.attach(call, { epoch: 2, streamId: 'MZ2', gatewayId })).toMatchObject({
      handedOver: true,
      vars: { order: '4711' },
    });
    await calls.mediaStopped(call, { epoch: 2, outcome: 'ended', lastSeq: 0 });
    await calls.proceed(call, { number: 3, event: { type: 'streamEnded' }, gateway });
    expect(await end()).toMatchObject({ outcome: 'done', epochs: 2 });
  });

  it('escalates to the degraded plan', async () => {
    const { call, calls, end } = newCall();
    await calls.admit(call, { gateway });
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'escalation', lastSeq: 0 });
    expect(
      answerOf(await calls.proceed(call, { number: 1, event: { type: 'streamEnded' }, gateway })).instructions,
    ).toMatchObject([{ type: 'degraded' }]);
    expect(
      answerOf(await calls.proceed(call, { number: 2, event: { type: 'dialEnded', status: 'busy' } })).instructions,
    ).toMatchObject([{ type: 'degraded', plan: { steps: [{ type: 'voicemail' }] } }]);
    expect(await end()).toMatchObject({ outcome: 'degraded' });
  });

  it('passes commands to the gateway that holds it, and says when none does', async () => {
    const { call, calls, end } = newCall();
    await calls.admit(call, { gateway });
    expect(await calls.command(call, { commandId: 'c0', type: 'dtmf', digits: '1' })).toBe('not-streaming');
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    expect(await calls.command(call, { commandId: 'c1', type: 'dtmf', digits: '1' })).toBe('done');
    expect(commands).toContainEqual({
      callId: call.callId,
      epoch: 1,
      command: { commandId: 'c1', type: 'dtmf', digits: '1' },
    });
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    await end();
  });

  it('tells where it stands, to the query and to whoever lists calls', async () => {
    const { call, calls, workflowId, end } = newCall();
    await calls.admit(call, { gateway });
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId });
    await calls.toolFinished(call, { functionCallId: 'f1', name: 'crm', status: 'ok', latencyMs: 30 });
    expect(await calls.state(call)).toMatchObject({
      phase: 'streaming',
      epoch: 1,
      nodeId: 'helper',
      gatewayId,
      tools: [{ name: 'crm' }],
    });
    const handle = temporal().client.workflow.getHandle(workflowId);
    const metadata = JSON.stringify(await handle.query('__temporal_workflow_metadata'));
    expect(metadata).toContain('Assistant node `helper`, epoch 1');
    expect((await handle.describe()).typedSearchAttributes.getAll()).toEqual(
      expect.arrayContaining([
        { key: { name: 'TenantId', type: 'KEYWORD' }, value: 'acme' },
        { key: { name: 'CallPhase', type: 'KEYWORD' }, value: 'streaming' },
        { key: { name: 'GatewayId', type: 'KEYWORD' }, value: gatewayId },
        { key: { name: 'FlowVersion', type: 'KEYWORD' }, value: 'demo:1' },
      ]),
    );
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    await end();
    const { historyLength } = await handle.describe();
    expect(historyLength).toBeLessThan(60);
  });
});

describe('a call that its tenant’s program acts on', () => {
  it('is spoken to and ended, each once for its id', async () => {
    const { call, calls, callId, end } = newCall();
    await calls.admit(call, { gateway });
    const event = { type: 'play', eventId: 'e1', text: 'Hned jsem zpět.' } as const;
    expect([await calls.control(call, event), await calls.control(call, event)]).toEqual([
      { type: 'done' },
      { type: 'done' },
    ]);
    expect(sent.filter((one) => one.callId === callId)).toEqual([{ callId, event }]);
    expect(await calls.control(call, { type: 'hangUp' })).toEqual({ type: 'done' });
    expect(hungUp).toContain(`${callId} ${callId}`);
    expect(await end()).toMatchObject({ outcome: 'tenantHungUp' });
    expect(await calls.control(call, event)).toEqual({ type: 'done' });
    expect(await calls.control(call, { ...event, eventId: 'e2' })).toEqual({ type: 'gone' });
  });

  it('says why it cannot', async () => {
    const { call, calls, callId, end } = newCall();
    await calls.admit(call, { gateway });
    refusals.set(callId, 'not-ready');
    expect(await calls.control(call, { type: 'dtmf', eventId: 'e1', digits: '1' })).toEqual({
      type: 'refused',
      code: 'not-ready',
    });
    await end();
  });
});
