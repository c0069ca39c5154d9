import { beforeEach, describe, expect, it } from 'vitest';
import { claimedTenant, hashApiKey, newApiKey } from './api-key.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import { outboundCallId } from './new-call.ts';
import { caller, createWorld, ownNumber, route, type World } from './testing/api-harness.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
const authorization = 'Bearer acme~key-of-sixteen';
const newCall = { to: caller, idempotencyKey: 'order-17' };
const dial = (payload: object, headers: Record<string, string> = { authorization }) =>
  world.post('/calls', { headers, payload });

describe('POST /calls', () => {
  it('starts a call that dials by itself, and the same key again is the same call', async () => {
    const [one, two] = [await dial(newCall), await dial(newCall)];
    expect([one.statusCode, two.statusCode]).toEqual([202, 202]);
    expect(one.json()).toEqual({ callId: outboundCallId('acme', 'order-17') });
    expect(two.json()).toEqual(one.json());
    expect(world.started[0]).toMatchObject({
      tenantId: 'acme',
      direction: 'outbound',
      from: ownNumber,
      to: caller,
      flow: { flowId: 'demo' },
      dial: { idempotencyKey: 'order-17', timeoutS: 60 },
    });
    expect(world.started[1]?.callId).toBe(world.started[0]?.callId);
  });

  it('has the carrier look for a machine as it was asked, else as the flow says, else where there is an assistant', async () => {
    const { compiled } = route.flow;
    const helper = { type: 'assistant', edges: {} };
    const talks: CompiledFlow = { ...compiled, nodes: { helper } };
    const chosen = async (flow: CompiledFlow, machineDetection?: string) => {
      world = await createWorld();
      world.now.routes = [{ ...route, flow: { ...route.flow, compiled: flow } }];
      await dial({ ...newCall, ...(machineDetection && { machineDetection }) });
      return world.started[0]?.dial?.machineDetection;
    };
    expect(await chosen(compiled)).toBe('off');
    expect(await chosen(talks)).toBe('async');
    expect(await chosen({ ...talks, machineDetection: 'sync' })).toBe('sync');
    expect(await chosen({ ...talks, machineDetection: 'sync' }, 'off')).toBe('off');
  });

  it('takes a wish for machines only where it means something', async () => {
    const asked = { ...newCall, machineDetection: 'async', onVoicemail: 'leave-message' };
    expect((await dial(asked)).json().code).toBe('flow-invalid');
    const compiled = { ...route.flow.compiled, voicemailMessage: 'Volali jsme vám.' };
    world = await createWorld();
    world.now.routes = [{ ...route, flow: { ...route.flow, compiled } }];
    expect((await dial({ ...asked, machineDetection: 'off' })).json().code).toBe('request-malformed');
    expect((await dial(asked)).statusCode).toBe(202);
    expect(world.started[0]?.dial).toEqual({
      idempotencyKey: 'order-17',
      timeoutS: 60,
      machineDetection: 'async',
      onVoicemail: 'leave-message',
    });
  });

  it('gives two tenants two calls for one key', () => {
    expect(outboundCallId('acme', 'k')).not.toBe(outboundCallId('other', 'k'));
    expect(outboundCallId('a', 'b:k')).not.toBe(outboundCallId('a:b', 'k'));
  });

  it.each([
    [{ ...newCall, to: '0606111222' }, '"to" must be a telephone number as E.164 has it, such as +420777123456'],
    [{ ...newCall, to: '+420 606 111 222' }, '"to" must be a telephone number'],
    [{ ...newCall, from: 'somebody' }, '"from" must be a telephone number'],
    [{ to: caller }, '"idempotencyKey" is missing: it must be a name of your own'],
    [{ ...newCall, idempotencyKey: '' }, '"idempotencyKey" must be a name of your own'],
    [{ ...newCall, idempotencyKey: 'k'.repeat(201) }, 'of 1 to 200 characters'],
    [{ ...newCall, ringTimeoutS: 601 }, '"ringTimeoutS" must be a whole number of seconds from 5 to 600'],
    [{ ...newCall, machineDetection: 'yes' }, '"machineDetection" must be "off"'],
    [{ ...newCall, colour: 'blue' }, 'fields that mean nothing here; known are to, from, flowId'],
    [[], 'the body must be a JSON object'],
  ])('refuses %j and says what is wrong', async (payload, words) => {
    const response = await dial(payload);
    expect([response.statusCode, response.json().code]).toEqual([400, 'request-malformed']);
    expect(response.json().message).toContain(words);
    expect(response.body).not.toMatch(/606|blue|somebody/);
    expect(world.started).toEqual([]);
  });

  it('names all faults of a request at once', async () => {
    const { message } = (await dial({ to: 'x', idempotencyKey: '' })).json();
    expect(message.split('; ')).toHaveLength(2);
  });

  it.each([
    [{ ...newCall, from: '+420222000999' }, 404, 'number-unknown'],
    [{ ...newCall, flowId: 'nothing' }, 422, 'flow-invalid'],
  ])('refuses %j', async (payload, status, code) => {
    const response = await dial(payload);
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    expect(world.started).toEqual([]);
  });

  it('refuses a key that stands for another request, whichever field differs', async () => {
    await dial(newCall);
    for (const other of [{ to: '+420777123457' }, { ringTimeoutS: 20 }, { from: ownNumber }]) {
      const response = await dial({ ...newCall, ...other });
      expect([response.statusCode, response.json().code]).toEqual([409, 'idempotency-key-reused']);
    }
    expect((await dial({ idempotencyKey: newCall.idempotencyKey, to: caller })).statusCode).toBe(202);
  });

  it('refuses a tenant without credentials', async () => {
    world.now.claims = [];
    expect((await dial(newCall)).json().code).toBe('credentials-missing');
  });

  it('refuses a key that is missing or unknown', async () => {
    expect((await dial(newCall, {})).statusCode).toBe(401);
    expect((await dial(newCall, { authorization: 'Bearer acme~another-key-here' })).json().code).toBe(
      'api-key-invalid',
    );
    expect(world.started).toEqual([]);
  });
});

describe('GET /calls/:callId', () => {
  const read = (callId: string, headers = { authorization }) => world.app.inject({ url: `/calls/${callId}`, headers });

  it('tells what is stored of a call of one’s own', async () => {
    world.now.reports = { 'acme c1': { session: { callId: 'c1' }, turns: [] }, 'other c2': { session: {} } };
    expect((await read('c1')).json()).toEqual({ session: { callId: 'c1' }, turns: [] });
    expect((await read('c2')).json().code).toBe('call-unknown');
    expect((await read('c1', { authorization: '' })).statusCode).toBe(401);
  });
});

describe('a call that goes on', () => {
  const act = (callId: string, payload: object, headers = { authorization }) =>
    world.post(`/calls/${callId}/events`, { headers, payload });
  const end = (callId: string, headers = { authorization }) =>
    world.app.inject({ method: 'DELETE', url: `/calls/${callId}`, headers });
  const play = { type: 'play', eventId: 'e1', text: 'Hned jsem zpět.' };

  it('is spoken to, sent digits and ended', async () => {
    const dtmf = { type: 'dtmf', eventId: 'e2', digits: '12#' };
    const answers = [await act('c1', play), await act('c1', dtmf), await end('c1')];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);
    expect(world.controlled.map(({ tenantId, event }) => [tenantId, event])).toEqual([
      ['acme', play],
      ['acme', dtmf],
      ['acme', { type: 'hangUp' }],
    ]);
  });

  it.each([
    { ...play, text: '' },
    { ...play, eventId: 'no spaces' },
    { type: 'dtmf', eventId: 'e1', digits: '12a' },
    { type: 'hangUp' },
    { type: 'redirect', url: 'https://evil.example' },
  ])('refuses %j and says what an event is', async (payload) => {
    const answer = await act('c1', payload);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request-malformed']);
    expect(answer.json().message).toContain('"type": "play"');
    expect(world.controlled).toEqual([]);
  });

  it('is only the tenant’s own, and known to be over where it is', async () => {
    world.now.control = { type: 'gone' };
    world.now.reports = { 'acme over': { session: {} } };
    const codes = [await act('nobody', play), await end('nobody'), await act('over', play)].map(
      (answer) => answer.json().code,
    );
    expect(codes).toEqual(['call-unknown', 'call-unknown', 'call-ended']);
    expect((await end('over')).statusCode).toBe(202);
    expect((await end('over', { authorization: '' })).statusCode).toBe(401);
  });

  it.each([
    [{ type: 'refused', code: 'not-ready' }, 503, 'not-ready'],
    [{ type: 'refused', code: 'call-ended' }, 409, 'call-ended'],
    [{ type: 'refused', code: 'no code of ours' }, 500, 'unexpected'],
    [{ type: 'unanswered' }, 503, 'temporal-unavailable'],
  ] as const)('says what came of it: %j', async (control, status, code) => {
    world.now.control = control;
    const answer = await act('c1', play);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });
});

describe('an API key', () => {
  it('names its tenant, and only its hash is for keeping', () => {
    const { key, keyHash } = newApiKey('acme.cz');
    expect(claimedTenant(key)).toBe('acme.cz');
    expect(keyHash).toBe(hashApiKey(key));
    expect(keyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(claimedTenant('acme.cz~short')).toBeUndefined();
  });
});

describe('health', () => {
  it('is alive without its database, and says that this is what is not ready', async () => {
    expect((await world.app.inject('/readyz')).json()).toMatchObject({ ready: true, checks: { postgres: 'ready' } });
    world.now.database = 'away';
    const ready = await world.app.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({
      ready: false,
      checks: { postgres: 'database-unavailable' },
      missing: ['postgres'],
      stillWorks: { postgres: 'what is known is known' },
    });
    expect((await world.app.inject('/metrics')).body).toContain('switchboard_ready{check="postgres"} 0\n');
    expect((await world.app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('GET /calls/:callId/recordings/:recordingId', () => {
  const sound = new Uint8Array(200_000).fill(7);
  const fetchSound = (path: string, headers: Record<string, string> = { authorization }) =>
    world.app.inject({ method: 'GET', url: `/calls/${path}`, headers });
  beforeEach(() => {
    world.now.sounds = { 'acme CA1 RE1': sound, 'other CA2 RE2': sound };
  });

  it('gives the sound to the tenant, and nobody keeps it on the way', async () => {
    const response = await fetchSound('CA1/recordings/RE1');
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': '200000',
      'cache-control': 'private, no-store',
    });
    expect(response.rawPayload.equals(sound)).toBe(true);
  });

  it.each([
    ['of another tenant', 'CA2/recordings/RE2', 404],
    ['under another call', 'CA2/recordings/RE1', 404],
    ['by a name that is none', 'CA1/recordings/..%2F..', 400],
  ])('refuses one %s', async (_what, path, status) => {
    expect((await fetchSound(path)).statusCode).toBe(status);
  });

  it('asks for a key', async () => {
    expect((await fetchSound('CA1/recordings/RE1', {})).statusCode).toBe(401);
  });
});
