import { describe, expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { mailboxFlow, recordedFlow, recordedTalkFlow, transferFlow } from './made-up-flows.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { answerOf, newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';

const { deps } = createMadeUpStores();
const carrier = createMadeUpCarrier();
const temporal = useTemporal({ calls: createCallRecordActivities(deps), tools: carrier.activities });

const digits = (number: number) => ({ number, event: { type: 'digits', digits: '1' } }) as const;
const asked = (callId: string): string[] => carrier.recording.asked.get(callId) ?? [];

describe('a call that its flow has recorded', () => {
  it('is paused before something sensitive is asked for, goes on afterwards, and is kept at the end', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), recordedFlow);
    await calls.admit(call, {});
    expect(answerOf(await calls.proceed(call, digits(1))).instructions).toMatchObject([{ sensitive: true }]);
    expect(asked(callId)).toEqual(['start', 'pause']);
    await calls.proceed(call, digits(2));
    await end();
    expect(asked(callId).slice(2).toSorted()).toEqual(['keep call RE1', 'resume']);
  });

  it('is paused while an assistant asks for something sensitive', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), recordedTalkFlow);
    const gateway = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
    await calls.admit(call, { gateway });
    await calls.attach(call, { epoch: 1, streamId: 'MZ1', gatewayId: 'g1' });
    const entry = { epoch: 1, visit: 1, name: 'card' } as const;
    await calls.sensitiveEntry(call, { ...entry, state: 'asked' });
    await expect.poll(() => asked(callId), { timeout: 10_000 }).toEqual(['start', 'pause']);
    await calls.sensitiveEntry(call, { ...entry, state: 'given', digits: '4111', typesOn: true });
    await calls.sensitiveEntry(call, { ...entry, state: 'over' });
    await expect.poll(() => asked(callId), { timeout: 10_000 }).toEqual(['start', 'pause', 'resume']);
    await calls.mediaStopped(call, { epoch: 1, outcome: 'callerHungUp', lastSeq: 0 });
    await end();
    expect(asked(callId)).toEqual(['start', 'pause', 'resume', 'keep call RE1']);
  });

  it('is not kept where the carrier does not confirm the pause in time; the caller is asked all the same', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), recordedFlow);
    const held = Promise.withResolvers<void>();
    carrier.recording.held.set(`${callId} pause`, held.promise);
    await calls.admit(call, {});
    expect(answerOf(await calls.proceed(call, digits(1))).instructions).toMatchObject([{ sensitive: true }]);
    held.resolve();
    await calls.proceed(call, digits(2));
    await end();
    expect(asked(callId)).toContain('discard call RE1');
  });
});

describe('a message', () => {
  it('is kept as soon as the carrier tells of it, once, and the call does not wait for it', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), mailboxFlow);
    carrier.recording.there.set(callId, [message('RE5', 4)]);
    await calls.admit(call, {});
    const left = { number: 1, event: { type: 'voicemailLeft', recordingId: 'RE5', durationS: 4 } } as const;
    expect(answerOf(await calls.proceed(call, left)).instructions).toEqual([{ type: 'hangUp' }]);
    await calls.proceed(call, left);
    expect(await end()).toMatchObject({ outcome: 'left a message' });
    expect(asked(callId)).toEqual(['keep voicemail RE5']);
  });

  it('is found at the carrier where its caller hung up and nobody told', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), mailboxFlow);
    carrier.recording.there.set(callId, [message('RE6', 3)]);
    await calls.admit(call, {});
    expect(await end()).toMatchObject({ outcome: 'callerHungUp' });
    expect(asked(callId)).toEqual(['keep voicemail RE6']);
  });

  it('of a call that ran without its workflow is found as well', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), mailboxFlow);
    carrier.recording.there.set(callId, [message('RE7', 3)]);
    await calls.adopt(call, { reason: 'temporal-unavailable', ageS: 20 });
    await end();
    expect(asked(callId)).toEqual(['keep voicemail RE7']);
  });
});

describe('a party that is dialled for a caller', () => {
  it('has declined where its leg says so, before or after the end of the dialling is told', async () => {
    const told = { number: 1, event: { type: 'dialEnded', status: 'busy' } } as const;
    const first = newRunningCall(temporal(), transferFlow);
    await first.calls.admit(first.call, {});
    await first.calls.legEnded(first.call, { number: 1, declined: true });
    await first.calls.proceed(first.call, told);
    expect(await first.end()).toMatchObject({ outcome: 'has-declined' });

    const last = newRunningCall(temporal(), transferFlow);
    await last.calls.admit(last.call, {});
    const answer = last.calls.proceed(last.call, told);
    await last.calls.legEnded(last.call, { number: 1, declined: true });
    await answer;
    expect(await last.end()).toMatchObject({ outcome: 'has-declined' });
  });

  it('is not lost for what somebody wants said to the caller meanwhile', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), transferFlow);
    await calls.admit(call, {});
    const event = { type: 'play', eventId: 'e1', text: 'Okamžik.' } as const;
    expect(await calls.control(call, event)).toEqual({ type: 'refused', code: 'not-ready' });
    await end();
    expect(carrier.sent.filter((one) => one.callId === callId)).toEqual([]);
  });

  it('was busy where nobody says otherwise in time', async () => {
    const { call, calls, end } = newRunningCall(temporal(), transferFlow);
    await calls.admit(call, {});
    await calls.proceed(call, { number: 1, event: { type: 'dialEnded', status: 'busy' } });
    expect(await end()).toMatchObject({ outcome: 'was-busy' });
  });
});

function message(recordingId: string, durationS: number) {
  return { recordingId, kind: 'voicemail', status: 'completed', channels: 1, durationS, startedAtMs: 1_000 } as const;
}
