import { describe, expect, it } from 'vitest';
import type { SimulatedCall } from '../test/phone-network-process.ts';
import { publicUrl, useVoiceProvider } from '../test/voice-provider-stage.ts';
import { callbackUrls } from './callback-urls.ts';
import { inlineDegradedTwiml } from './degraded-twiml.ts';

const stage = useVoiceProvider();

describe('a running call', () => {
  it('ends, and ending it again is no error', async () => {
    const { provider, network, runningCall } = stage();
    const { callId, carrierCallId } = await runningCall();
    await provider.endCall(callId);
    await network.ended(carrierCallId);
    expect(await stage().statusOf(carrierCallId)).toBe('completed');
    await provider.endCall(callId);
    await provider.sendEvent(callId, { type: 'hangUp' });
    await expect(provider.sendEvent(callId, { type: 'redirect', url: `${publicUrl}/next/1` })).rejects.toMatchObject({
      code: 'call-ended',
    });
    await expect(provider.endCall('nobody')).rejects.toMatchObject({ code: 'call-unknown' });
  });

  it('hears a degraded plan that needs nothing of ours', { timeout: 20_000 }, async () => {
    const { provider, network, runningCall } = stage();
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
    const { provider, network, answered, runningCall } = stage();
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
      const { provider, network, answered, commands, runningCall } = stage();
      const { callId, carrierCallId } = await runningCall();
      stage().commandAnswer = 'done';
      await provider.sendEvent(callId, event);
      expect(await stage().statusOf(carrierCallId)).toBe('in-progress');
      stage().commandAnswer = 'gateway-lost';
      await expect(provider.sendEvent(callId, event)).rejects.toMatchObject({ code: 'not-ready' });
      expect(answered.some((url) => url.includes('/next/'))).toBe(false);
      stage().commandAnswer = 'not-streaming';
      await provider.sendEvent(callId, event);
      const call = await network.ended(carrierCallId);
      expect(call.alerts).toEqual([]);
      expect(answered).toContain(`/telephony/t/acme/calls/${callId}/next/1/done`);
      expect(commands).toEqual([command, command, command]);
    },
  );

  it('is recorded, paused, resumed and stopped', async () => {
    const { provider, network, answered, runningCall } = stage();
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
