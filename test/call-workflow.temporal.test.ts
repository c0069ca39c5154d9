import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { DialResult } from '../activities/carrier-activities.ts';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { gatewayTaskQueue } from '../contracts/ids.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { GatewayActivities, GatewayCommand, WarmInput } from '../contracts/gateway.ts';
import { createCallClient } from '../temporal/call-client.ts';
import { connectTemporal } from '../temporal/client.ts';
import { callStartOptions } from '../temporal/call-start-options.ts';
import { madeUpOutboundCall, orderFlow, relayFlow } from './made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { answerOf, newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';
import { freePort } from './free-port.ts';
import { testDataConverter, testPlatformKeys } from './test-keys.ts';
import { fastForward } from './time-skipping.ts';

const { deps, events, costs, ended } = createMadeUpStores();
const carrier = createMadeUpCarrier();
const { statuses, dials, hasAsked, questions, moved, hungUp, sent, refusals } = carrier;
const temporal = useTemporal({ calls: createCallRecordActivities(deps), tools: carrier.activities });

const gatewayId = `g-${randomUUID()}`;
const gateway = { gatewayId, mediaUrl: 'wss://media.switchboard.test/media' };
const warmed: WarmInput[] = [];
const commands: { epoch: number; command: GatewayCommand }[] = [];
let stopGateway: () => Promise<void>;

beforeAll(async () => {
  const activities: GatewayActivities = {
    warm: async (input) => void warmed.push(input),
    command: async (input) => void commands.push(input),
    holds: async () => true,
    holdLease: async () => undefined,
  };
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const worker = await Worker.create({
    connection,
    taskQueue: gatewayTaskQueue(gatewayId),
    activities,
    dataConverter: testDataConverter,
  });
  const running = worker.run();
  stopGateway = async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
});
afterAll(() => stopGateway());
beforeEach(() => {
  questions.length = 0;
});

function newCall(flow?: FlowDocument) {
  const made = newRunningCall(temporal(), flow);
  return { ...made, kinds: () => (events.get(made.callId) ?? []).map(({ kind }) => kind) };
}

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
    const { call, calls, end } = newCall();
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

describe('an outbound call', () => {
  const outbound = () => {
    const made = newCall();
    return { ...made, call: madeUpOutboundCall(made.callId) };
  };

  it('dials, and is admitted like an inbound one', async () => {
    const { call, calls, end } = outbound();
    await calls.start(call, 'request-1');
    expect(answerOf(await calls.admit(call, { gateway })).media).toMatchObject({ epoch: 1 });
    expect(await end()).toMatchObject({ outcome: 'callerHungUp' });
  });

  it('is one call for its key, and says where the key was used for another request, also after its end', async () => {
    const { call, calls, end } = outbound();
    expect(await calls.start(call, 'request-1')).toBe('started');
    expect([await calls.start(call, 'request-1'), await calls.start(call, 'request-2')]).toEqual([
      'same-request',
      'other-request',
    ]);
    await end('busy');
    expect([await calls.start(call, 'request-1'), await calls.start(call, 'request-2')]).toEqual([
      'same-request',
      'other-request',
    ]);
  });

  it('takes a machine for an outcome, and whoever declined for another', async () => {
    const { call, calls, end } = outbound();
    await calls.start(call, 'request-1');
    const reply = await calls.admit(call, { gateway, carrierCallId: 'CA-dialled', answeredBy: 'machine' });
    expect(answerOf(reply).instructions).toEqual([{ type: 'hangUp' }]);
    expect(await end()).toMatchObject({ outcome: 'voicemail', epochs: 0 });
  });

  describe('that a machine has taken', () => {
    const talking = async () => {
      const made = outbound();
      await made.calls.start(made.call, 'request-1');
      await made.calls.admit(made.call, { gateway, carrierCallId: 'CA-dialled' });
      await made.calls.attach(made.call, { epoch: 1, streamId: 'MZ1', gatewayId });
      const movesOf = () => moved.filter(({ callId }) => callId === made.callId);
      const answerTo = async () =>
        answerOf(await made.calls.proceed(made.call, { number: 1, event: { type: 'streamEnded' }, gateway }));
      return { ...made, movesOf, answerTo };
    };

    it('is taken from the assistant at once after a beep, also where that is told twice', async () => {
      const { call, calls, callId, end, movesOf, answerTo } = await talking();
      const found = { answeredBy: 'machine', heardBeep: true } as const;
      expect([await calls.detection(call, found), await calls.detection(call, found)]).toEqual([true, true]);
      await expect.poll(movesOf, { timeout: 10_000 }).toEqual([{ callId, number: 1, gatewayId }]);
      await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 2 });
      expect((await answerTo()).instructions).toEqual([{ type: 'hangUp' }]);
      expect(await end()).toMatchObject({ outcome: 'voicemail', epochs: 1 });
      expect(movesOf()).toHaveLength(1);
      expect(await calls.detection(call, found)).toBe(true);
    });

    it('is left by the assistant after its sentence where no beep was heard', async () => {
      const { call, calls, callId, end, movesOf, answerTo } = await talking();
      await calls.detection(call, { answeredBy: 'machine', heardBeep: false });
      const left = {
        callId,
        epoch: 1,
        command: { commandId: 'machine-answered', type: 'leave', outcome: 'voicemail' },
      };
      await expect.poll(() => commands, { timeout: 10_000 }).toContainEqual(left);
      await calls.mediaStopped(call, { epoch: 1, outcome: 'voicemail', lastSeq: 2 });
      expect((await answerTo()).instructions).toEqual([{ type: 'hangUp' }]);
      expect(await end()).toMatchObject({ outcome: 'voicemail' });
      expect(movesOf()).toEqual([]);
    });

    it('is moved where the gateway of its assistant does not answer', async () => {
      const { call, calls, callId, end, movesOf } = await talking();
      await calls.proceed(call, {
        number: 1,
        event: { type: 'streamEnded' },
        gateway: { ...gateway, gatewayId: 'g-0' },
      });
      await calls.attach(call, { epoch: 2, streamId: 'MZ2', gatewayId: 'g-0' });
      await calls.detection(call, { answeredBy: 'machine', heardBeep: false });
      await expect.poll(movesOf, { timeout: 10_000 }).toEqual([{ callId, number: 2, gatewayId: 'g-0' }]);
      expect(await end()).toMatchObject({ outcome: 'voicemail' });
    });

    it('goes on where it was a person, or nobody knows', async () => {
      const { call, calls, end, movesOf } = await talking();
      await calls.detection(call, { answeredBy: 'unknown', heardBeep: false });
      await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 2 });
      expect(await end()).toMatchObject({ outcome: 'callerHungUp' });
      expect(movesOf()).toEqual([]);
    });
  });

  it('goes on by the carrier’s first callback where the answer to our request is lost', async () => {
    const { call, calls, result } = outbound();
    const lost = Promise.withResolvers<DialResult>();
    dials.set(call.callId, [lost.promise]);
    await calls.start(call, 'request-1');
    const told = { sequence: 3, carrierCallId: 'CA-found', rejected: true };
    expect(await calls.carrierStatus(call, { ...told, status: 'busy' })).toBe(true);
    expect(await result()).toMatchObject({ outcome: 'rejected' });
    lost.resolve({ status: 'failed' });
  });

  it('fails, and dials no second time, where nobody can say what became of the request', async () => {
    const { call, calls, result } = outbound();
    const failure = { reason: 'dial-unknown' } as const;
    dials.set(call.callId, [{ status: 'failed', failure }]);
    await calls.start(call, 'request-1');
    expect(await result()).toEqual({ outcome: 'failed', durationMs: 0, epochs: 0 });
    expect(events.get(call.callId)).toMatchObject([{ kind: 'ended', data: { outcome: 'failed', failure } }]);
  });

  it('is never dialled where it is withdrawn while it waits for its turn', async () => {
    const { call, calls, result } = outbound();
    dials.set(call.callId, [{ status: 'later', afterMs: 600_000 }]);
    await calls.start(call, 'request-1');
    await hasAsked(call.callId);
    expect(await calls.control(call, { type: 'hangUp' })).toEqual({ type: 'done' });
    expect(await result()).toEqual({ outcome: 'canceled', durationMs: 0, epochs: 0 });
    expect(hungUp.filter((one) => one.startsWith(call.callId))).toEqual([]);
  });

  it('is not dialled an hour after it was asked for', async () => {
    const { skipping, queueName } = temporal();
    const { call } = outbound();
    const hourly: DialResult = { status: 'later', afterMs: 1_900_000 };
    dials.set(call.callId, [hourly, hourly, hourly]);
    const { workflowIdConflictPolicy: _policy, ...options } = callStartOptions(call, queueName('calls'));
    const result: unknown = await skipping.execute('callWorkflow', { ...options, args: [call] });
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(events.get(call.callId)).toMatchObject([{ data: { failure: { reason: 'not-in-time' } } }]);
    expect(dials.get(call.callId)).toHaveLength(1);
  });

  it('is ended at the carrier where it is withdrawn while it rings, also before we know its id', async () => {
    const { call, calls, end } = outbound();
    const dialling = Promise.withResolvers<DialResult>();
    dials.set(call.callId, [dialling.promise]);
    await calls.start(call, 'request-1');
    await hasAsked(call.callId);
    expect(await calls.control(call, { type: 'hangUp' })).toEqual({ type: 'done' });
    dialling.resolve({ status: 'dialling', carrierCallId: 'CA-late' });
    await expect.poll(() => hungUp, { timeout: 10_000 }).toContain(`${call.callId} CA-late`);
    expect(await end('canceled')).toMatchObject({ outcome: 'canceled', epochs: 0 });
  });

  it('asks again for its turn to dial where the account has none free', async () => {
    const { call, calls, result } = outbound();
    dials.set(call.callId, [{ status: 'later', afterMs: 20 }, { status: 'later', afterMs: 20 }, { status: 'failed' }]);
    await calls.start(call, 'request-1');
    expect(await result()).toMatchObject({ outcome: 'failed' });
  });

  it('ends with what the carrier says of the dialled party', async () => {
    const { call, calls, end } = outbound();
    await calls.start(call, 'request-1');
    expect(await end('busy')).toEqual({ outcome: 'busy', durationMs: 0, epochs: 0 });
  });
});
