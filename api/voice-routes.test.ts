import { beforeEach, describe, expect, it } from 'vitest';
import { verifyStreamToken } from '../telephony/stream-token.ts';
import {
  assistantAnswer,
  callSid,
  caller,
  createWorld,
  hello,
  ownNumber,
  route,
  streamKey,
  type World,
} from './testing/api-harness.ts';

const path = `/telephony/t/acme/calls/${callSid}`;
let world: World;
beforeEach(async () => {
  world = await createWorld();
});

describe('an inbound call', () => {
  it('is admitted under the carrier’s own id and answered with its workflow’s instructions', async () => {
    const response = await world.signed('/telephony/voice');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('text/xml');
    expect(response.body).toContain('>Dobrý den.</Say>');
    expect(response.body).toContain(`${path}/next/1/done#ct=1000`);
    expect(world.asked).toMatchObject([
      {
        to: 'admit',
        call: {
          tenantId: 'acme',
          callId: callSid,
          direction: 'inbound',
          from: caller,
          to: ownNumber,
          flow: { flowId: 'demo' },
        },
        input: { gateway: { gatewayId: 'gw-1' } },
      },
    ]);
  });

  it('streams to the chosen gateway with a token that names call, epoch and gateway', async () => {
    world.now.reply = { type: 'answer', answer: assistantAnswer('gw-1', 3) };
    const { body } = await world.signed('/telephony/voice');
    const token = /name="token" value="([^"]+)"/.exec(body)?.[1] ?? '';
    expect(verifyStreamToken(token, streamKey, world.now.atMs + 59_000)).toMatchObject({
      ok: true,
      claims: { tenantId: 'acme', callId: callSid, epoch: 3, gatewayId: 'gw-1', assistantVersionId: 'a1@1' },
    });
    expect(verifyStreamToken(token, streamKey, world.now.atMs + 61_000)).toEqual({ ok: false, reason: 'expired' });
    expect(body).toContain('/next/3/stream/gw-1#');
  });

  it('delivered twice asks the same question twice and gives the same document', async () => {
    const first = await world.signed('/telephony/voice');
    const second = await world.signed('/telephony/voice');
    expect(second.body).toBe(first.body);
    expect(world.asked[1]).toEqual(world.asked[0]);
  });

  it('goes on without Postgres once the number is known', async () => {
    await world.signed('/telephony/voice');
    world.now.database = 'away';
    world.now.atMs += 3_600_000;
    const response = await world.signed('/telephony/voice');
    expect(response.body).toContain('>Dobrý den.</Say>');
    expect(world.asked[1]).toMatchObject({ input: { gateway: { gatewayId: 'gw-1' } } });
  });

  it('takes a version that was published a moment ago', async () => {
    await world.signed('/telephony/voice');
    world.now.routes = [{ ...route, flow: { ...route.flow, version: 2 } }];
    world.now.atMs += 1001;
    await world.signed('/telephony/voice');
    expect(world.asked.map((ask) => ask.to === 'admit' && ask.call.flow.version)).toEqual([1, 2]);
  });

  it('to a number without a flow hears so, and operators find it', async () => {
    const { statusCode, body } = await world.signed('/telephony/voice', { To: '+420222000999' });
    expect(statusCode).toBe(200);
    expect(body).toMatch(/<Say [^>]*>Toto číslo není v provozu\.<\/Say><Hangup\/>/);
    expect(world.asked).toEqual([]);
    expect(world.events).toMatchObject([{ tenantId: 'acme', callId: callSid, kind: 'number-unknown' }]);
  });

  it('to a foreign number without a flow hears so in English', async () => {
    expect((await world.signed('/telephony/voice', { To: '+442071838750' })).body).toContain(
      'This number is not in service.',
    );
  });
});

describe('a silent Temporal', () => {
  it('gives the caller the degraded plan with callbacks of its own, and the call is adopted', async () => {
    world.now.reply = { type: 'unanswered' };
    world.now.adoptReply = 'unanswered';
    const { body } = await world.signed('/telephony/voice');
    expect(body).toMatch(
      /Spojujeme vás\.<\/Say><Dial action="[^"]+\/degraded\/2#[^"]+" method="POST" timeout="20" callerId="\+420222000111"><Number>\+420222999888/,
    );
    expect(body).not.toContain('Nechte vzkaz');
    world.now.adoptReply = 'adopted';
    await world.sweep();
    expect(world.adopted).toMatchObject([{ callId: callSid, from: caller, flow: { flowId: 'demo' } }]);
    await world.sweep();
    expect(world.adopted).toHaveLength(1);
  });

  it('is told by the figures until the calls are adopted', async () => {
    const figures = async (): Promise<string> => (await world.app.inject('/metrics')).body;
    world.now.reply = { type: 'unanswered' };
    world.now.adoptReply = 'unanswered';
    await world.signed('/telephony/voice');
    expect(await figures()).toMatch(/switchboard_degraded_answers_total 1\n[^]*switchboard_calls_unadopted 1\n/);
    world.now.adoptReply = 'adopted';
    await world.sweep();
    expect(await figures()).toMatch(/switchboard_degraded_answers_total 1\n[^]*switchboard_calls_unadopted 0\n/);
    expect(await figures()).toContain('switchboard_ready{check="postgres"} 1\n');
  });

  it('goes on with the plan at the next callback, which also brings the adoption', async () => {
    const { body } = await world.signed(`${path}/degraded/2`, { DialCallStatus: 'no-answer' });
    expect(body).toMatch(/Nechte vzkaz\.<\/Say><Record action="[^"]+\/degraded\/3#/);
    await world.sweep();
    expect(world.adopted).toMatchObject([{ callId: callSid }]);
  });

  it('ends the plan when the dialled call was answered', async () => {
    expect((await world.signed(`${path}/degraded/2`, { DialCallStatus: 'completed' })).body).toContain(
      '<Response><Hangup/></Response>',
    );
  });

  it('tells the end of a call after its adoption', async () => {
    world.now.reply = { type: 'unanswered' };
    world.now.adoptReply = 'unanswered';
    await world.signed('/telephony/voice');
    expect((await world.signed('/telephony/status', { CallStatus: 'completed', CallDuration: '9' })).statusCode).toBe(
      204,
    );
    expect(world.statuses).toEqual([]);
    world.now.adoptReply = 'adopted';
    await world.sweep();
    expect(world.statuses).toMatchObject([{ callId: callSid, status: { status: 'completed', durationS: 9 } }]);
  });

  it('is no different from an answer that makes no sense', async () => {
    for (const reply of [
      new Error('boom'),
      { type: 'gone' as const },
      { type: 'refused' as const, code: 'callback-malformed' },
    ]) {
      world.now.reply = reply;
      expect((await world.signed(`${path}/next/1/done`)).body).toContain('Spojujeme vás.');
    }
    world.now.reply = {
      type: 'answer',
      answer: { number: 1, instructions: [{ type: 'assistant', nodeId: 'n', assistantId: 'a' }] },
    };
    expect((await world.signed('/telephony/voice')).body).toContain('Spojujeme vás.');
  });

  it('leaves an adopted call in its plan without adopting it again', async () => {
    world.now.reply = { type: 'adopted' };
    expect((await world.signed('/telephony/voice')).body).toContain('Spojujeme vás.');
    await world.sweep();
    expect(world.adopted).toEqual([]);
  });
});

describe('a callback', () => {
  it.each([
    ['digits', { Digits: '4711' }, { type: 'digits', digits: '4711' }],
    ['digits', {}, { type: 'digits', digits: '' }],
    ['done', {}, { type: 'done' }],
    ['dial', { DialCallStatus: 'answered' }, { type: 'dialEnded', status: 'completed' }],
    ['dial', { DialCallStatus: 'busy' }, { type: 'dialEnded', status: 'busy' }],
    ['dial', {}, { type: 'dialEnded', status: 'failed' }],
    ['dial', { DialCallStatus: 'busy', DialSipResponseCode: '603' }, { type: 'dialEnded', status: 'declined' }],
    ['dial', { DialCallStatus: 'busy', DialSipResponseCode: '486' }, { type: 'dialEnded', status: 'busy' }],
    [
      'voicemail',
      { RecordingSid: `RE${'2'.repeat(32)}`, RecordingDuration: '12' },
      { type: 'voicemailLeft', recordingId: `RE${'2'.repeat(32)}`, durationS: 12 },
    ],
    ['voicemail', {}, { type: 'voicemailLeft', durationS: 0 }],
    ['stream/gw-9', {}, { type: 'streamEnded' }],
  ])('after %s with %j tells the workflow what happened', async (awaited, fields, event) => {
    const response = await world.signed(`${path}/next/7/${awaited}`, { ...fields, CallStatus: 'in-progress' });
    expect(response.statusCode).toBe(200);
    expect(world.asked).toMatchObject([
      { to: 'proceed', call: { tenantId: 'acme', callId: callSid }, input: { number: 7, event } },
    ]);
  });

  it('brings the outcome that the gateway could only store', async () => {
    world.now.outcome = { outcome: 'wantsHuman', visit: 2 };
    await world.signed(`${path}/next/1/stream/gw-1`);
    expect(world.asked).toMatchObject([{ input: { event: { type: 'streamEnded', outcome: 'wantsHuman', visit: 2 } } }]);
  });

  it('after a stream’s death offers another gateway than the dead one, and that one with a doubt where it stands alone', async () => {
    world.now.gateways = [
      { gatewayId: 'gw-1', mediaUrl: 'wss://media.switchboard.test/gw-1', calls: 0, capacity: 100 },
      { gatewayId: 'gw-2', mediaUrl: 'wss://media.switchboard.test/gw-2', calls: 90, capacity: 100 },
    ];
    await world.signed(`${path}/next/1/stream/gw-1`);
    world.now.gateways = world.now.gateways.slice(0, 1);
    world.now.atMs += 1000;
    await world.signed(`${path}/next/2/stream/gw-1`);
    expect(world.asked).toMatchObject([
      { input: { gateway: { gatewayId: 'gw-2' } } },
      { input: { gateway: { gatewayId: 'gw-1' }, isSuspect: true } },
    ]);
    expect(world.asked[0]?.input).not.toHaveProperty('isSuspect');
  });

  it('costs no look at the database but for the gateways', async () => {
    await world.signed('/telephony/voice');
    world.lookups.length = 0;
    world.now.atMs += 30_000;
    await world.signed(`${path}/next/1/digits`, { Digits: '1' });
    expect(world.lookups).toEqual(['gateways']);
  });

  it('of an outbound call keeps our own id', async () => {
    world.now.reply = { type: 'answer', answer: hello };
    const { statusCode } = await world.signed('/telephony/t/acme/calls/out-17/voice', {
      Direction: 'outbound-api',
      From: ownNumber,
      To: caller,
    });
    expect(statusCode).toBe(200);
    expect(world.asked).toMatchObject([
      {
        to: 'admit',
        call: {
          callId: 'out-17',
          direction: 'outbound',
          from: ownNumber,
          to: caller,
          carrier: { carrierCallId: callSid },
        },
        input: { carrierCallId: callSid },
      },
    ]);
  });

  it('hangs up on whoever answers a call of ours that was given up, and offers it to nobody', async () => {
    world.now.reply = { type: 'gone' };
    const form = { Direction: 'outbound-api', From: ownNumber, To: caller };
    const { body } = await world.signed('/telephony/t/acme/calls/out-17/voice', form);
    expect(body).toContain('<Response><Hangup/></Response>');
    await world.sweep();
    expect(world.adopted).toEqual([]);
  });

  it.each([
    ['human', 'human'],
    ['machine_start', 'machine'],
    ['machine_end_beep', 'machine'],
    ['fax', 'fax'],
    ['unknown', 'unknown'],
  ])('tells who took a call of ours: %s', async (AnsweredBy, answeredBy) => {
    world.now.reply = { type: 'answer', answer: hello };
    await world.signed('/telephony/t/acme/calls/out-17/voice', { Direction: 'outbound-api', AnsweredBy });
    await world.signed('/telephony/voice', { AnsweredBy });
    expect(world.asked.map(({ input }) => ('answeredBy' in input ? input.answeredBy : undefined))).toEqual([
      answeredBy,
      undefined,
    ]);
  });
});

describe('the fallback address', () => {
  const failed = (suffix: string, code = '11200') => ({
    ErrorCode: code,
    ErrorUrl: `https://other.switchboard.test${suffix}`,
  });

  it('asks the failed question again where the address could not be reached', async () => {
    await world.signed('/telephony/fallback', failed('/telephony/voice'));
    await world.signed('/telephony/fallback', { ...failed(`${path}/next/4/digits`), Digits: '12' });
    expect(world.asked).toMatchObject([
      { to: 'admit' },
      { to: 'proceed', input: { number: 4, event: { type: 'digits', digits: '12' } } },
    ]);
    const degraded = await world.signed('/telephony/fallback', failed(`${path}/degraded/2`));
    expect(degraded.body).toContain('Nechte vzkaz');
  });

  it('takes the degraded plan where our own document was refused or nothing is known', async () => {
    expect((await world.signed('/telephony/fallback', failed(`${path}/next/4/digits`, '12100'))).body).toContain(
      'Spojujeme vás.',
    );
    expect((await world.signed('/telephony/fallback', {})).body).toContain('Spojujeme vás.');
    expect((await world.signed('/telephony/fallback', { To: '+420222000999' })).body).toContain(
      'momentálně vás nemůžeme spojit',
    );
    expect(world.asked).toEqual([]);
  });
});
