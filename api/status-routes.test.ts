import { beforeEach, describe, expect, it } from 'vitest';
import { callSid, createWorld, type World } from './testing/api-harness.ts';

const path = `/telephony/t/acme/calls/${callSid}`;
let world: World;
beforeEach(async () => {
  world = await createWorld();
});

/** A callback that says nothing of the call's direction. */
const bare = { Direction: '', CallStatus: '' };

describe('a status callback', () => {
  it('reaches the call with its sequence number, by either address, as often as it comes', async () => {
    await world.signed(`${path}/status`, { CallStatus: 'in-progress', SequenceNumber: '2' });
    await world.signed(`${path}/status`, { CallStatus: 'ringing', SequenceNumber: '1' });
    await world.signed(`${path}/status`, { CallStatus: 'ringing', SequenceNumber: '1' });
    await world.signed('/telephony/status', { CallStatus: 'completed', CallDuration: '61' });
    expect(world.statuses.map(({ status }) => [status.status, status.sequence])).toEqual([
      ['in-progress', 2],
      ['ringing', 1],
      ['ringing', 1],
      ['completed', 1_000_000],
    ]);
    expect(world.statuses[3]).toEqual({
      callId: callSid,
      status: { status: 'completed', sequence: 1_000_000, durationS: 61 },
    });
  });

  it('of a call that we placed names the carrier’s own id, and says that the party declined', async () => {
    const outbound = { Direction: 'outbound-api', CallStatus: 'busy' };
    await world.signed('/telephony/t/acme/calls/out-1/status', { ...outbound, SipResponseCode: '486' });
    await world.signed('/telephony/t/acme/calls/out-1/status', { ...outbound, SipResponseCode: '603' });
    await world.signed('/telephony/t/acme/calls/out-1/status', {
      ...outbound,
      CallStatus: 'failed',
      SipResponseCode: '404',
    });
    const told = { status: 'busy', sequence: 1_000_000, carrierCallId: callSid };
    expect(world.statuses.map(({ status }) => status)).toEqual([
      told,
      { ...told, rejected: true },
      { ...told, status: 'failed', sipCode: 404 },
    ]);
  });

  it.each([
    ['machine_end_beep', { answeredBy: 'machine', heardBeep: true }],
    ['machine_end_silence', { answeredBy: 'machine', heardBeep: false }],
    ['fax', { answeredBy: 'fax', heardBeep: false }],
    ['human', { answeredBy: 'human', heardBeep: false }],
    ['something new', { answeredBy: 'unknown', heardBeep: false }],
  ])('of machine detection tells the call: %s', async (AnsweredBy, detection) => {
    const answer = await world.signed('/telephony/t/acme/calls/out-1/answered-by', { ...bare, AnsweredBy });
    expect([answer.statusCode, world.detections]).toEqual([204, [{ callId: 'out-1', detection }]]);
  });

  it('of machine detection is refused unsigned, for another tenant and without a result', async () => {
    const address = '/telephony/t/acme/calls/out-1/answered-by';
    const answers = [
      await world.signed(address, { ...bare, AnsweredBy: 'human' }, { token: 'token-of-nobody' }),
      await world.signed('/telephony/t/other/calls/out-1/answered-by', { ...bare, AnsweredBy: 'human' }),
      await world.signed(address, bare),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 400]);
    expect(world.detections).toEqual([]);
    world.now.statusTaken = false;
    expect((await world.signed(address, { ...bare, AnsweredBy: 'human' })).statusCode).toBe(503);
  });

  it.each([
    ['603', true],
    ['486', false],
    ['', false],
  ])('of a leg that we dialled says whether it was declined: %s', async (SipResponseCode, declined) => {
    const leg = { Direction: 'outbound-dial', CallStatus: 'busy', CallSid: `CA${'9'.repeat(32)}`, SipResponseCode };
    expect((await world.signed(`${path}/leg/4`, leg)).statusCode).toBe(204);
    expect(world.legs).toEqual([{ callId: callSid, leg: { number: 4, declined } }]);
    expect((await world.signed('/telephony/t/other/calls/CA1/leg/4', leg)).statusCode).toBe(403);
    world.now.statusTaken = false;
    expect((await world.signed(`${path}/leg/4`, leg)).statusCode).toBe(503);
  });

  it('asks the carrier to try again while the workflow cannot be told', async () => {
    world.now.statusTaken = false;
    const response = await world.signed(`${path}/status`, { CallStatus: 'completed' });
    expect([response.statusCode, response.json().code]).toEqual([503, 'temporal-unavailable']);
  });

  it('of a number that nobody has, or with a status that nobody knows, changes nothing', async () => {
    expect((await world.signed('/telephony/status', { CallStatus: 'completed', To: '+420222000999' })).statusCode).toBe(
      204,
    );
    expect((await world.signed(`${path}/status`, { CallStatus: 'transcending' })).json().code).toBe(
      'callback-malformed',
    );
    expect(world.statuses).toEqual([]);
  });
});

describe('reports on streams and recordings', () => {
  const StreamSid = `MZ${'3'.repeat(32)}`;
  const RecordingSid = `RE${'4'.repeat(32)}`;

  it('become events of the call with keys that make a repeat harmless', async () => {
    await world.signed(`${path}/stream-status`, { StreamSid, StreamEvent: 'stream-started' });
    await world.signed(`${path}/stream-status`, { StreamSid, StreamEvent: 'stream-error', StreamError: '31921' });
    await world.signed(`${path}/recording`, { RecordingSid, RecordingStatus: 'completed', RecordingDuration: '7' });
    expect(world.events).toMatchObject([
      { tenantId: 'acme', callId: callSid, eventId: `${StreamSid}/stream-started`, kind: 'stream-started' },
      { eventId: `${StreamSid}/stream-error`, data: { streamId: StreamSid, error: '31921' } },
      {
        eventId: `${RecordingSid}/completed`,
        kind: 'recording',
        data: { recordingId: RecordingSid, status: 'completed', durationS: 7 },
      },
    ]);
  });

  it('wait in memory while Postgres is away', async () => {
    await world.signed('/telephony/voice');
    world.now.database = 'away';
    expect((await world.signed(`${path}/stream-status`, { StreamSid, StreamEvent: 'stream-started' })).statusCode).toBe(
      204,
    );
    expect(world.events).toEqual([]);
    world.now.database = 'up';
    await world.flush();
    expect(world.events).toHaveLength(1);
  });

  it('without what they report on are refused', async () => {
    expect((await world.signed(`${path}/stream-status`, { StreamSid })).json().code).toBe('callback-malformed');
    expect((await world.signed(`${path}/recording`, { RecordingSid: '' })).json().code).toBe('callback-malformed');
    expect(world.events).toEqual([]);
  });
});
