import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instruction } from '../contracts/instructions.ts';
import type { CallReply } from '../temporal/call-client.ts';
import { type PhoneNetworkProcess, startPhoneNetworkProcess } from '../test/phone-network-process.ts';
import {
  accountId,
  type Asked,
  assistantAnswer,
  authToken,
  createWorld,
  ownNumber,
  publicUrl,
  type World,
} from './testing/api-harness.ts';

const voice = { voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' };
const speech = (text: string) => ({ ...voice, text });
const busyNumber = '+420222999888';
const strangeNumber = '+420222000999';
const brokenNumber = '+420222000112';
const timeoutMs = 40_000;

/** Answers by the number of the question: the first entry answers the call's first question. */
const script =
  (...answers: Instruction[][]) =>
  (asked: Asked): CallReply => {
    const number = asked.to === 'admit' ? 1 : asked.input.number + 1;
    return { type: 'answer', answer: { number, instructions: answers[number - 1] ?? [{ type: 'hangUp' }] } };
  };

let world: World;
let network: PhoneNetworkProcess;
const replies = new Map<string, World['now']['reply']>();

beforeAll(async () => {
  world = await createWorld();
  const { host } = new URL(await world.app.listen({ host: '127.0.0.1', port: 0 }));
  const ours = {
    voiceUrl: `${publicUrl}/telephony/voice#ct=1000&rt=4000&rc=2&rp=all&tt=5000`,
    voiceFallbackUrl: `${publicUrl}/telephony/fallback`,
    statusCallback: `${publicUrl}/telephony/status`,
  };
  network = await startPhoneNetworkProcess({
    hosts: { 'api.switchboard.test': host, 'media.switchboard.test': '127.0.0.1:1' },
    accounts: [
      {
        sid: accountId,
        authToken,
        numbers: [
          { phoneNumber: ownNumber, ...ours },
          { phoneNumber: strangeNumber, ...ours },
          { phoneNumber: brokenNumber, ...ours, voiceUrl: 'https://nowhere.switchboard.test/telephony/voice' },
        ],
      },
    ],
  });
  await network.control('PUT', `/callees/${encodeURIComponent(busyNumber)}`, { outcome: 'busy' });
  const [known] = world.now.routes;
  if (known) world.now.routes = [known, { ...known, phoneNumber: brokenNumber }];
  // Calls run side by side: each caller has a script of his own.
  world.now.reply = (asked) => {
    const [first] = world.asked.flatMap((one) =>
      one.to === 'admit' && one.call.callId === asked.call.callId ? [one.call] : [],
    );
    const reply = replies.get(first?.from ?? '') ?? { type: 'unanswered' };
    if (reply instanceof Error) throw reply;
    return typeof reply === 'function' ? reply(asked) : reply;
  };
}, 30_000);

afterAll(async () => {
  await network?.stop();
  await world?.app.close();
});

async function callFrom(
  from: string,
  reply: World['now']['reply'],
  steps: object[] = [{ waitForHangUp: true, timeoutMs }],
  options: { to?: string; switches?: string[] } = {},
) {
  replies.set(from, reply);
  const { to = ownNumber, switches = [] } = options;
  const callSid = await network.ring({ from, to, steps, switches });
  const call = await network.ended(callSid);
  const asked = world.asked.filter((one) => one.call.callId === callSid);
  const statuses = world.statuses.filter((one) => one.callId === callSid);
  return {
    callSid,
    call,
    asked,
    statuses,
    events: asked.flatMap((one) => (one.to === 'proceed' ? [one.input.event] : [])),
  };
}

describe.concurrent('on the simulated phone network', () => {
  it(
    'a call runs through digits, a dialled number, a voicemail and last words without a complaint of the carrier',
    { timeout: timeoutMs },
    async () => {
      const reply = script(
        [
          {
            type: 'gather',
            input: 'digits',
            prompts: [{ type: 'say', speech: speech('Číslo?') }],
            maxDigits: 6,
            finishOnKey: '#',
            timeoutMs: 3000,
          },
        ],
        [{ type: 'dial', to: { phoneNumber: busyNumber }, timeoutS: 5 }],
        [{ type: 'voicemail', prompts: [{ type: 'say', speech: speech('Vzkaz.') }], maxLengthS: 3, finishOnKey: '#' }],
        [{ type: 'pause', lengthMs: 1000 }],
        [{ type: 'hangUp', lastWords: speech('Na shledanou.') }],
      );
      const { call, events, statuses } = await callFrom('+420777000001', reply, [
        { waitForSpeech: true },
        { dtmf: '4711#' },
        { waitForHangUp: true, timeoutMs },
      ]);
      expect([call.alerts, call.violations, call.faults]).toEqual([[], [], []]);
      expect(events.map(({ type }) => type)).toEqual(['digits', 'dialEnded', 'voicemailLeft', 'done']);
      expect(events.slice(0, 2)).toEqual([
        { type: 'digits', digits: '4711' },
        { type: 'dialEnded', status: 'busy' },
      ]);
      expect(statuses.at(-1)?.status.status).toBe('completed');
    },
  );

  it('a caller without Temporal hears the degraded plan to its end', { timeout: timeoutMs }, async () => {
    const { call, callSid } = await callFrom('+420777000002', { type: 'unanswered' }, [
      { waitForSpeech: true },
      { pauseMs: 9000 },
      { hangUp: true },
    ]);
    expect([call.alerts, call.faults]).toEqual([[], []]);
    expect(world.adopted.map(({ callId }) => callId)).toContain(callSid);
  });

  it(
    'a stream that nobody takes leads back to us, and its failure becomes an event',
    { timeout: timeoutMs },
    async () => {
      const reply = (asked: Asked): CallReply =>
        asked.to === 'admit'
          ? { type: 'answer', answer: assistantAnswer('media') }
          : { type: 'answer', answer: { number: 2, instructions: [{ type: 'hangUp' }] } };
      const { call, callSid, events } = await callFrom('+420777000003', reply);
      expect(events).toEqual([{ type: 'streamEnded' }]);
      expect(call.alerts.every(({ code }) => code >= 31_900 && code < 31_922)).toBe(true);
      expect(world.events.filter((event) => event.callId === callSid).map(({ kind }) => kind)).toContain(
        'stream-error',
      );
    },
  );

  it(
    'a webhook that comes twice, and callbacks that come twice, move the call once',
    { timeout: timeoutMs },
    async () => {
      const reply = script([
        { type: 'gather', input: 'digits', prompts: [], maxDigits: 1, finishOnKey: '#', timeoutMs: 1000 },
      ]);
      const { call, asked } = await callFrom('+420777000004', reply, undefined, {
        switches: ['webhook-delivered-twice', 'status-callbacks-repeated'],
      });
      expect([call.alerts, call.faults]).toEqual([[], []]);
      const questions = asked.map((one) =>
        one.to === 'admit' ? 'admit' : `${one.input.number} ${JSON.stringify(one.input.event)}`,
      );
      expect(new Set(questions).size).toBe(2);
      expect(questions).toHaveLength(4);
    },
  );

  it('a number that nobody has a flow for is told so', { timeout: timeoutMs }, async () => {
    const { call, asked } = await callFrom('+420777000005', { type: 'unanswered' }, undefined, { to: strangeNumber });
    expect(call.heardTranscript.map(({ text }) => text)).toEqual(['Toto číslo není v provozu.']);
    expect([call.alerts, asked]).toEqual([[], []]);
  });

  it(
    'a call whose voice address cannot be reached is answered by the fallback address',
    { timeout: timeoutMs },
    async () => {
      const { call, asked } = await callFrom(
        '+420777000006',
        script([{ type: 'hangUp', lastWords: speech('Toto číslo není v provozu.') }]),
        undefined,
        { to: brokenNumber },
      );
      expect(asked).toMatchObject([{ to: 'admit', call: { from: '+420777000006', to: brokenNumber } }]);
      expect(call.heardTranscript.map(({ text }) => text)).toEqual(['Toto číslo není v provozu.']);
    },
  );
});
