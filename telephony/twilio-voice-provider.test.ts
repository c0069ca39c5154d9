import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayCommand } from '../contracts/gateway.ts';
import {
  type PhoneNetworkProcess,
  type SimulatedCall,
  startPhoneNetworkProcess,
} from '../test/phone-network-process.ts';
import { callbackUrls } from './callback-urls.ts';
import { connectNumber } from './connect-number.ts';
import { inlineDegradedTwiml } from './degraded-twiml.ts';
import type { DialClaim, DialKey, DialLedger } from './dial-ledger.ts';
import { DialLater, type DialPace, type GivenTurn } from './dial-pace.ts';
import { dialRefusal } from './dial-refusal.ts';
import { createTwilioClient } from './twilio-client.ts';
import { TwilioVoiceProvider } from './twilio-voice-provider.ts';

const accountId = `AC${'c'.repeat(32)}`;
const authToken = 'token-of-acme';
const from = '+420222000111';
const publicUrl = 'https://api.switchboard.test';
const twiml = (verbs: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;

/** The ledger in memory, with the same rules as the stored one. */
function createLedger(): DialLedger & { attempts: Map<string, { sinceMs: number; carrierCallId?: string }> } {
  const attempts = new Map<string, { sinceMs: number; carrierCallId?: string }>();
  const name = ({ tenantId, callId }: DialKey) => `${tenantId} ${callId}`;
  return {
    attempts,
    claim: async (key, atMs): Promise<DialClaim> => {
      const known = attempts.get(name(key));
      if (!known) {
        attempts.set(name(key), { sinceMs: atMs });
        return { type: 'mine' };
      }
      return known.carrierCallId === undefined
        ? { type: 'unknown', sinceMs: known.sinceMs }
        : { type: 'placed', carrierCallId: known.carrierCallId };
    },
    placed: async (key, carrierCallId, atMs) => void attempts.set(name(key), { sinceMs: atMs, carrierCallId }),
    release: async (key) => void attempts.delete(name(key)),
    isUnderWay: async (key) => attempts.has(name(key)),
    isTaken: async (key, carrierCallId) =>
      [...attempts].some(([other, attempt]) => other !== name(key) && attempt.carrierCallId === carrierCallId),
  };
}

let product: Server;
let network: PhoneNetworkProcess;
let answered: string[];
let callNumber = 0;

beforeAll(async () => {
  product = createServer((request, response) => {
    answered.push(request.url ?? '');
    const isStatus = /\/(status|answered-by)$/.test(request.url ?? '');
    if (isStatus) return response.writeHead(204).end();
    return response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(twiml(request.url?.includes('/next/') ? '<Hangup/>' : '<Pause length="30"/>'));
  }).listen(0, '127.0.0.1');
  await once(product, 'listening');
  const address = product.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  network = await startPhoneNetworkProcess({
    hosts: { 'api.switchboard.test': `127.0.0.1:${port}` },
    accounts: [{ sid: accountId, authToken, numbers: [{ phoneNumber: from }] }],
  });
}, 30_000);
afterAll(async () => {
  await network?.stop();
  product?.close();
});

let ledger: ReturnType<typeof createLedger>;
/** What comes of asking for a turn, in order; at once where nothing is said. */
let turns: (GivenTurn | DialLater)[];
let throttled: string[];
const pace: DialPace = {
  turn: async () => {
    const next = turns.shift() ?? { untilMs: Date.now() + 1000 };
    if (next instanceof DialLater) throw next;
    return next;
  },
  tooOften: async (account) => throttled.push(account) * 700,
};
let commands: GatewayCommand[];
let commandAnswer: 'done' | 'gateway-lost' | 'not-streaming';
let carrierCallIds: Map<string, string>;
let provider: TwilioVoiceProvider;
beforeEach(() => {
  answered = [];
  ledger = createLedger();
  turns = [];
  throttled = [];
  commands = [];
  commandAnswer = 'not-streaming';
  carrierCallIds = new Map();
  provider = new TwilioVoiceProvider({
    calls: {
      find: async (callId) => {
        const carrierCallId = carrierCallIds.get(callId);
        if (carrierCallId === undefined) return undefined;
        const continueUrl = async () => callbackUrls({ publicUrl, tenantId: 'acme', callId }).next(1, 'done');
        return {
          tenantId: 'acme',
          accountId,
          carrierCallId,
          continueUrl,
          voiceId: 'cs-CZ-Standard-A',
          language: 'cs-CZ',
        };
      },
    },
    accounts: {
      accountOfNumber: async (tenantId, phoneNumber) =>
        tenantId === 'penniless' || phoneNumber === from ? accountId : undefined,
      authToken: async (tenantId) => (tenantId === 'acme' ? authToken : undefined),
    },
    dials: ledger,
    pace,
    streams: {
      command: async (_callId, command) => {
        commands.push(command);
        return commandAnswer;
      },
    },
    connect: (account) => createTwilioClient(account, { baseUrl: network.url, timeoutMs: 1000 }),
    publicUrl,
    nowMs: Date.now,
  });
});
afterEach(() => network.control('DELETE', '/traps'));

interface Listed {
  calls: { callSid: string; to: string }[];
}
const dialled = async (to: string) =>
  (await network.control<Listed>('GET', '/calls')).calls.filter((call) => call.to === to).map(({ callSid }) => callSid);
const params = (to: string, tenantId = 'acme') => ({
  tenantId,
  callId: `out-${to.slice(-4)}`,
  from,
  to,
  ringTimeoutS: 20,
  idempotencyKey: to,
  machineDetection: 'off' as const,
});
/** Each test calls a person of its own. */
const person = () => `+42077700${String(1000 + ++callNumber)}`;

/** A call that has been answered and waits in our document. */
async function runningCall(
  steps: object[] = [{ waitForHangUp: true }],
): Promise<{ callId: string; to: string; carrierCallId: string }> {
  const to = person();
  await network.control('PUT', `/callees/${encodeURIComponent(to)}`, { answerAfterMs: 0, steps });
  const handle = await provider.startCall(params(to));
  carrierCallIds.set(handle.callId, handle.carrierCallId);
  await expect.poll(() => answered, { timeout: 5000 }).toContain(`/telephony/t/acme/calls/${handle.callId}/voice`);
  return { ...handle, to };
}
const status = async (carrierCallId: string) =>
  (await network.control<{ status: string }>('GET', `/calls/${carrierCallId}`)).status;

describe('startCall', () => {
  it('dials once however often it is asked, and our address names the call', async () => {
    const { to, callId, carrierCallId } = await runningCall();
    expect(await provider.startCall(params(to))).toEqual({ callId, carrierCallId });
    expect(await dialled(to)).toEqual([carrierCallId]);
    await provider.endCall(callId);
    await network.ended(carrierCallId);
    expect(answered).toContain(`/telephony/t/acme/calls/${callId}/status`);
  });

  it('finds the call whose answer was lost instead of dialling again', async () => {
    const to = person();
    await network.control('PUT', '/traps', { name: 'rest-answer-lost', match: 'POST' });
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ code: 'carrier-unavailable' });
    const handle = await provider.startCall(params(to));
    expect(await dialled(to)).toEqual([handle.carrierCallId]);
  });

  it('does not take another call to the same person for its own', async () => {
    const to = person();
    const other = await provider.startCall({ ...params(to), callId: 'out-other' });
    ledger.attempts.set(`acme ${params(to).callId}`, { sinceMs: Date.now() });
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ code: 'carrier-unavailable' });
    expect(await dialled(to)).toEqual([other.carrierCallId]);
  });

  it('gives up after 30 s of not knowing, and never dials a second time', async () => {
    const to = person();
    ledger.attempts.set(`acme ${params(to).callId}`, { sinceMs: Date.now() - 29_000 });
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ code: 'carrier-unavailable', retry: true });
    ledger.attempts.set(`acme ${params(to).callId}`, { sinceMs: Date.now() - 30_000 });
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ code: 'dial-unknown', retry: false });
    expect(await dialled(to)).toEqual([]);
  });

  it('pauses, and may be tried again, where the carrier says that it is asked too often', async () => {
    const to = person();
    await network.control('PUT', '/traps', { name: 'rest-too-many-requests', match: 'POST' });
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ code: 'dial-later', afterMs: 700 });
    expect([throttled, await ledger.isUnderWay(params(to))]).toEqual([[accountId], false]);
    const { carrierCallId } = await provider.startCall(params(to));
    expect(await dialled(to)).toEqual([carrierCallId]);
  });

  it('waits for its turn, and for another one where it was too slow to take it', async () => {
    const to = person();
    turns = [new DialLater(9000)];
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ code: 'dial-later', afterMs: 9000 });
    turns = [{ untilMs: Date.now() - 1 }, new DialLater(300)];
    await expect(provider.startCall(params(to))).rejects.toMatchObject({ afterMs: 300 });
    expect([await dialled(to), await ledger.isUnderWay(params(to))]).toEqual([[], false]);
    turns = [{ untilMs: Date.now() - 1 }, { untilMs: Date.now() + 1000 }];
    const { carrierCallId } = await provider.startCall(params(to));
    turns = [new DialLater(9000)];
    expect(await provider.startCall(params(to))).toMatchObject({ carrierCallId });
  });

  it('has the carrier look who answers before the call or beside it, and say so at an address of the call', async () => {
    const taken = async (machineDetection: 'off' | 'sync' | 'async') => {
      const to = person();
      const steps = [{ pauseMs: 3000 }, { hangUp: true }];
      await network.control('PUT', `/callees/${encodeURIComponent(to)}`, {
        answerAfterMs: 0,
        detectedAfterMs: 500,
        steps,
      });
      const { callId, carrierCallId } = await provider.startCall({ ...params(to), machineDetection });
      const { timeline } = await network.ended(carrierCallId);
      const order = timeline.map(({ kind }) => kind).filter((kind) => /document|detection/.test(kind));
      return { order, told: answered.includes(`/telephony/t/acme/calls/${callId}/answered-by`) };
    };
    const [off, sync, beside] = await Promise.all([taken('off'), taken('sync'), taken('async')]);
    expect(off).toEqual({ order: ['document'], told: false });
    expect(sync).toEqual({ order: ['machine-detection', 'document'], told: false });
    expect(beside).toEqual({ order: ['document', 'machine-detection'], told: true });
  });

  it('is refused with a code and without the number in its words', async () => {
    const refused = provider.startCall({ ...params('+420777001999'), to: 'not a number' });
    await expect(refused).rejects.toMatchObject({
      code: 'carrier-refused',
      message: expect.not.stringContaining('not a number'),
    });
    const barred = person();
    await network.control('PUT', `/callees/${encodeURIComponent(barred)}`, { refusedWith: 21_219 });
    const unverified: unknown = await provider.startCall(params(barred)).catch((thrown: unknown) => thrown);
    expect(unverified).toMatchObject({ code: 'carrier-refused', message: expect.not.stringContaining(barred) });
    expect(dialRefusal(unverified)).toEqual({ reason: 'number-unverified', carrierCode: 21_219 });
    await expect(provider.startCall({ ...params(person()), from: '+420222000999' })).rejects.toMatchObject({
      code: 'number-unknown',
    });
    await expect(provider.startCall(params(person(), 'penniless'))).rejects.toMatchObject({
      code: 'credentials-missing',
    });
  });
});

describe('a running call', () => {
  it('ends, and ending it again is no error', async () => {
    const { callId, carrierCallId } = await runningCall();
    await provider.endCall(callId);
    await network.ended(carrierCallId);
    expect(await status(carrierCallId)).toBe('completed');
    await provider.endCall(callId);
    await provider.sendEvent(callId, { type: 'hangUp' });
    await expect(provider.sendEvent(callId, { type: 'redirect', url: `${publicUrl}/next/1` })).rejects.toMatchObject({
      code: 'call-ended',
    });
    await expect(provider.endCall('nobody')).rejects.toMatchObject({ code: 'call-unknown' });
  });

  it('hears a degraded plan that needs nothing of ours', { timeout: 20_000 }, async () => {
    const { callId, carrierCallId } = await runningCall();
    const plan = {
      language: 'cs-CZ',
      voiceId: 'cs-CZ-Standard-A',
      steps: [{ type: 'voicemail' as const, prompt: 'x', maxLengthS: 9, apology: 'Toto číslo není v provozu.' }],
    };
    await provider.sendEvent(callId, { type: 'redirectInline', document: inlineDegradedTwiml(plan) });
    const call = await network.ended(carrierCallId);
    expect([call.alerts, call.heardTranscript.map(({ text }) => text)]).toEqual([[], ['Toto číslo není v provozu.']]);
  });

  it('is told where to ask next', async () => {
    const { callId, carrierCallId } = await runningCall();
    await provider.sendEvent(callId, {
      type: 'redirect',
      url: callbackUrls({ publicUrl, tenantId: 'acme', callId }).next(7, 'stream', 'gw-1'),
    });
    const call = await network.ended(carrierCallId);
    expect(call.alerts).toEqual([]);
    expect(answered).toContain(`/telephony/t/acme/calls/${callId}/next/7/stream/gw-1`);
  });

  it.each([
    [
      'words',
      { type: 'play' as const, eventId: 'e1', text: 'Toto číslo není v provozu.' },
      { commandId: 'e1', type: 'play', text: 'Toto číslo není v provozu.' },
    ],
    [
      'tones',
      { type: 'dtmf' as const, eventId: 'e2', digits: '12#' },
      { commandId: 'e2', type: 'dtmf', digits: '12#' },
    ],
  ])(
    'gets %s through its gateway while it streams, else by the carrier and back to where it was',
    { timeout: 20_000 },
    async (_name, event, command) => {
      const { callId, carrierCallId } = await runningCall();
      commandAnswer = 'done';
      await provider.sendEvent(callId, event);
      expect(await status(carrierCallId)).toBe('in-progress');
      commandAnswer = 'gateway-lost';
      await expect(provider.sendEvent(callId, event)).rejects.toMatchObject({ code: 'not-ready' });
      expect(answered.some((url) => url.includes('/next/'))).toBe(false);
      commandAnswer = 'not-streaming';
      await provider.sendEvent(callId, event);
      const call = await network.ended(carrierCallId);
      expect(call.alerts).toEqual([]);
      expect(answered).toContain(`/telephony/t/acme/calls/${callId}/next/1/done`);
      expect(commands).toEqual([command, command, command]);
    },
  );

  it('is recorded, paused, resumed and stopped', async () => {
    const { callId, carrierCallId } = await runningCall();
    await provider.sendEvent(callId, { type: 'record', action: 'start' });
    // A recording without a sound is reported as absent: it must have heard something before it stops.
    await network.control('POST', `/calls/${carrierCallId}/events`, { type: 'say', phraseId: 'cs-caller-yes' });
    const events = async () => (await network.control<SimulatedCall>('GET', `/calls/${carrierCallId}`)).timeline;
    await expect.poll(async () => (await events()).map(({ kind }) => kind), { timeout: 5000 }).toContain('said');
    for (const action of ['pause', 'resume', 'stop'] as const)
      await provider.sendEvent(callId, { type: 'record', action });
    await provider.endCall(callId);
    const call = await network.ended(carrierCallId);
    expect(call.alerts).toEqual([]);
    expect(answered).toContain(`/telephony/t/acme/calls/${callId}/recording`);
  });
});

describe('connectNumber', () => {
  it('points a number at us, and knows a number that the account does not have', async () => {
    const client = createTwilioClient({ accountId, authToken }, { baseUrl: `${network.url}/`, timeoutMs: 1000 });
    const sid = await connectNumber({
      client,
      phoneNumber: from,
      publicUrl,
      fallbackPublicUrl: 'https://other.switchboard.test',
    });
    const { voiceUrl, voiceFallbackUrl, statusCallback } = await client.incomingPhoneNumbers(sid).fetch();
    expect([voiceUrl, voiceFallbackUrl, statusCallback]).toEqual([
      'https://api.switchboard.test/telephony/voice#ct=1000&rt=4000&rc=2&rp=all&tt=5000',
      'https://other.switchboard.test/telephony/fallback#ct=1000&rt=4000&rc=2&rp=all&tt=5000',
      'https://api.switchboard.test/telephony/status#ct=1000&rt=4000&rc=2&rp=all&tt=5000',
    ]);
    await expect(connectNumber({ client, phoneNumber: '+420222000999', publicUrl })).rejects.toMatchObject({
      code: 'number-unknown',
    });
  });
});
