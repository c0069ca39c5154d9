import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { authToken, callSid, createWorld, fallbackPublicUrl, inboundForm, type World } from './testing/api-harness.ts';

const path = `/telephony/t/acme/calls/${callSid}`;
let world: World;
beforeEach(async () => {
  world = await createWorld();
});

describe('bad input', () => {
  const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
  const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'bm90IGl0' };

  it('without a signature is refused before anything is looked up', async () => {
    const response = await world.post('/telephony/voice', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'AccountSid=x',
    });
    expect(response.statusCode).toBe(403);
    expect(response.json()).toEqual({ code: 'signature-invalid', message: 'the signature does not fit' });
    expect(world.lookups).toEqual([]);
  });

  it('with a wrong signature is refused and touches nothing behind', async () => {
    const response = await world.signed('/telephony/voice', {}, { token: 'another' });
    expect(response.statusCode).toBe(403);
    expect([world.asked, world.events]).toEqual([[], []]);
    expect(world.lookups.every((lookup) => lookup.startsWith('claims'))).toBe(true);
  });

  it('of an unknown account is refused, and one account costs one lookup', async () => {
    const AccountSid = `AC${'b'.repeat(32)}`;
    for (let n = 0; n < 3; n++) expect((await world.signed('/telephony/voice', { AccountSid })).statusCode).toBe(403);
    expect(
      (await world.post('/telephony/voice', { headers: formHeaders, payload: form({ AccountSid: 'nonsense' }) }))
        .statusCode,
    ).toBe(403);
    expect((await world.post('/telephony/voice', { headers: formHeaders, payload: '' })).statusCode).toBe(403);
    expect(world.lookups).toEqual([`claims ${AccountSid}`]);
    expect(world.asked).toEqual([]);
  });

  it('signed by one tenant cannot touch another tenant’s call', async () => {
    world.now.claims = [{ tenantId: 'mallory', authToken: 'of-mallory' }, ...world.now.claims];
    const foreign = await world.signed(`${path}/next/1/done`, {}, { token: 'of-mallory' });
    expect(foreign.statusCode).toBe(403);
    expect(
      (await world.signed(`${path}/status`, { CallStatus: 'completed' }, { token: 'of-mallory' })).statusCode,
    ).toBe(403);
    const voice = await world.signed('/telephony/voice', {}, { token: 'of-mallory' });
    expect(voice.body).toContain('není v provozu');
    expect([world.asked, world.statuses]).toEqual([[], []]);
  });

  it('that is not a form, too large or malformed is refused with a code', async () => {
    const json = await world.post('/telephony/voice', {
      headers: { ...formHeaders, 'content-type': 'application/json' },
      payload: '{}',
    });
    expect([json.statusCode, json.json().code]).toEqual([415, 'media-type-unsupported']);
    const large = await world.post('/telephony/voice', { headers: formHeaders, payload: `x=${'y'.repeat(65 * 1024)}` });
    expect([large.statusCode, large.json().code]).toEqual([413, 'request-too-large']);
    const malformed = await world.signed('/telephony/voice', { CallSid: 'nonsense' });
    expect([malformed.statusCode, malformed.json().code]).toEqual([400, 'request-malformed']);
    const digits = await world.signed(`${path}/next/1/digits`, { Digits: 'DROP TABLE' });
    expect([digits.statusCode, digits.json().code]).toEqual([400, 'request-malformed']);
    expect(world.asked).toEqual([]);
  });

  it('in the path is refused', async () => {
    expect((await world.signed(`${path}/next/1/teapot`)).json().code).toBe('callback-malformed');
    expect((await world.signed(`${path}/next/x/done`)).statusCode).toBe(400);
    expect((await world.signed(`/telephony/t/acme/calls/CA${'9'.repeat(32)}/next/1/done`)).json().code).toBe(
      'callback-malformed',
    );
    expect((await world.signed('/telephony/nowhere')).json()).toEqual({
      code: 'route-unknown',
      message: 'there is nothing here',
    });
    expect(world.asked).toEqual([]);
  });

  it('after a token was changed is taken as soon as the new token is stored', async () => {
    await world.signed('/telephony/voice');
    world.now.claims = [{ tenantId: 'acme', authToken: 'changed' }];
    world.now.atMs += 6000;
    expect((await world.signed('/telephony/voice', {}, { token: 'changed' })).statusCode).toBe(200);
    expect((await world.signed('/telephony/voice', {}, { token: authToken })).statusCode).toBe(403);
  });
});

describe('behind a proxy', () => {
  const headers = { host: 'api.switchboard.test', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };

  it('the proxy’s headers count only where they are trusted', async () => {
    const signature = getExpectedTwilioSignature(authToken, 'https://evil.example/telephony/voice', inboundForm);
    const options = {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      payload: new URLSearchParams(inboundForm).toString(),
    };
    expect((await world.post('/telephony/voice', options)).statusCode).toBe(403);
    expect((await (await createWorld({ trustProxy: true })).post('/telephony/voice', options)).statusCode).toBe(200);
  });

  it('what the carrier signed for our fallback address is as good, and for a stranger’s is not', async () => {
    const asked = async (host: string): Promise<number> => {
      const signature = getExpectedTwilioSignature(authToken, `https://${host}/telephony/voice`, inboundForm);
      const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
      const payload = new URLSearchParams(inboundForm).toString();
      return (await world.post('/telephony/voice', { headers: { ...form, host }, payload })).statusCode;
    };
    expect(await asked(new URL(fallbackPublicUrl).host)).toBe(200);
    expect(await asked('evil.example')).toBe(403);
  });
});
