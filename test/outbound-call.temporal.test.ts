import { describe, expect, it } from 'vitest';
import type { DialResult } from '../activities/carrier-activities.ts';
import { callStartOptions } from '../temporal/call-start-options.ts';
import { useCalls } from './call-stage.ts';
import { madeUpOutboundCall } from './made-up-call.ts';
import { answerOf } from './running-call.ts';

const { carrier, commands, events, gateway, newCall, temporal } = useCalls();
const { dials, hasAsked, moved, hungUp } = carrier;
const { gatewayId } = gateway;

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
