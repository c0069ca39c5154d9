import { describe, expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { answerOf, newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';

const { deps } = createMadeUpStores();
const carrier = createMadeUpCarrier();
const temporal = useTemporal({ calls: createCallRecordActivities(deps), tools: carrier.activities });

const frame: Omit<FlowDocument, 'nodes'> = {
  schemaVersion: 1,
  name: 'f',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
};
const asks = (variable: string, next: string, sensitive: boolean): FlowDocument['nodes'][string] => ({
  type: 'collect',
  prompt: variable,
  variable,
  minDigits: 1,
  maxDigits: 8,
  finishOnKey: '#',
  timeoutMs: 5000,
  tries: 1,
  sensitive,
  edges: { collected: next, noInput: next, invalid: next },
});
const recorded: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'record' } },
    record: { type: 'recording', action: 'start', edges: { next: 'order' } },
    order: asks('order', 'card', false),
    card: asks('card', 'street', true),
    street: asks('street', 'bye', false),
    bye: { type: 'hangup' },
  },
};
const mailbox: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'mailbox' } },
    mailbox: { type: 'voicemail', prompt: 'Vzkaz', maxLengthS: 60, edges: { recorded: 'bye', empty: 'bye' } },
    bye: { type: 'hangup', reason: 'left a message' },
  },
};
const transfer: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'florist' } },
    florist: {
      type: 'transfer',
      to: { phoneNumber: '+420222999888' },
      ringTimeoutS: 20,
      edges: { completed: 'bye', busy: 'busy', noAnswer: 'bye', declined: 'declined', failed: 'bye' },
    },
    busy: { type: 'hangup', reason: 'was-busy' },
    declined: { type: 'hangup', reason: 'has-declined' },
    bye: { type: 'hangup' },
  },
};

const digits = (number: number) => ({ number, event: { type: 'digits', digits: '1' } }) as const;
const asked = (callId: string): string[] => carrier.recording.asked.get(callId) ?? [];

describe('a call that its flow has recorded', () => {
  it('is paused before something sensitive is asked for, goes on afterwards, and is kept at the end', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), recorded);
    await calls.admit(call, {});
    expect(answerOf(await calls.proceed(call, digits(1))).instructions).toMatchObject([{ sensitive: true }]);
    expect(asked(callId)).toEqual(['start', 'pause']);
    await calls.proceed(call, digits(2));
    await end();
    expect(asked(callId).slice(2).toSorted()).toEqual(['keep call RE1', 'resume']);
  });

  it('is not kept where the carrier does not confirm the pause in time; the caller is asked all the same', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), recorded);
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
    const { call, callId, calls, end } = newRunningCall(temporal(), mailbox);
    carrier.recording.there.set(callId, [message('RE5', 4)]);
    await calls.admit(call, {});
    const left = { number: 1, event: { type: 'voicemailLeft', recordingId: 'RE5', durationS: 4 } } as const;
    expect(answerOf(await calls.proceed(call, left)).instructions).toEqual([{ type: 'hangUp' }]);
    await calls.proceed(call, left);
    expect(await end()).toMatchObject({ outcome: 'left a message' });
    expect(asked(callId)).toEqual(['keep voicemail RE5']);
  });

  it('is found at the carrier where its caller hung up and nobody told', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), mailbox);
    carrier.recording.there.set(callId, [message('RE6', 3)]);
    await calls.admit(call, {});
    expect(await end()).toMatchObject({ outcome: 'callerHungUp' });
    expect(asked(callId)).toEqual(['keep voicemail RE6']);
  });

  it('of a call that ran without its workflow is found as well', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), mailbox);
    carrier.recording.there.set(callId, [message('RE7', 3)]);
    await calls.adopt(call, { reason: 'temporal-unavailable', ageS: 20 });
    await end();
    expect(asked(callId)).toEqual(['keep voicemail RE7']);
  });
});

describe('a party that is dialled for a caller', () => {
  it('has declined where its leg says so, before or after the end of the dialling is told', async () => {
    const told = { number: 1, event: { type: 'dialEnded', status: 'busy' } } as const;
    const first = newRunningCall(temporal(), transfer);
    await first.calls.admit(first.call, {});
    await first.calls.legEnded(first.call, { number: 1, declined: true });
    await first.calls.proceed(first.call, told);
    expect(await first.end()).toMatchObject({ outcome: 'has-declined' });

    const last = newRunningCall(temporal(), transfer);
    await last.calls.admit(last.call, {});
    const answer = last.calls.proceed(last.call, told);
    await last.calls.legEnded(last.call, { number: 1, declined: true });
    await answer;
    expect(await last.end()).toMatchObject({ outcome: 'has-declined' });
  });

  it('is not lost for what somebody wants said to the caller meanwhile', async () => {
    const { call, callId, calls, end } = newRunningCall(temporal(), transfer);
    await calls.admit(call, {});
    const event = { type: 'play', eventId: 'e1', text: 'Okamžik.' } as const;
    expect(await calls.control(call, event)).toEqual({ type: 'refused', code: 'not-ready' });
    await end();
    expect(carrier.sent.filter((one) => one.callId === callId)).toEqual([]);
  });

  it('was busy where nobody says otherwise in time', async () => {
    const { call, calls, end } = newRunningCall(temporal(), transfer);
    await calls.admit(call, {});
    await calls.proceed(call, { number: 1, event: { type: 'dialEnded', status: 'busy' } });
    expect(await end()).toMatchObject({ outcome: 'was-busy' });
  });
});

function message(recordingId: string, durationS: number) {
  return { recordingId, kind: 'voicemail', status: 'completed', channels: 1, durationS, startedAtMs: 1_000 } as const;
}
