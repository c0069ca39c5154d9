import { describe, expect, it } from 'vitest';
import { dialParams, carrierAccountId, person, useVoiceProvider } from '../test/voice-provider-stage.ts';
import { DialLater } from './dial-pace.ts';
import { dialRefusal } from './dial-refusal.ts';

const stage = useVoiceProvider();

describe('startCall', () => {
  it('dials once however often it is asked, and our address names the call', async () => {
    const { provider, network, answered, runningCall, dialled } = stage();
    const { to, callId, carrierCallId } = await runningCall();
    expect(await provider.startCall(dialParams(to))).toEqual({ callId, carrierCallId });
    expect(await dialled(to)).toEqual([carrierCallId]);
    await provider.endCall(callId);
    await network.ended(carrierCallId);
    expect(answered).toContain(`/telephony/t/acme/calls/${callId}/status`);
  });

  it('finds the call whose answer was lost instead of dialling again', async () => {
    const { provider, network, dialled } = stage();
    const to = person();
    await network.control('PUT', '/traps', { name: 'rest-answer-lost', match: 'POST' });
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({ code: 'carrier-unavailable' });
    const handle = await provider.startCall(dialParams(to));
    expect(await dialled(to)).toEqual([handle.carrierCallId]);
  });

  it('does not take another call to the same person for its own', async () => {
    const { provider, ledger, dialled } = stage();
    const to = person();
    const other = await provider.startCall({ ...dialParams(to), callId: 'out-other' });
    ledger.attempts.set(`acme ${dialParams(to).callId}`, { sinceMs: Date.now() });
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({ code: 'carrier-unavailable' });
    expect(await dialled(to)).toEqual([other.carrierCallId]);
  });

  it('gives up after 30 s of not knowing, and never dials a second time', async () => {
    const { provider, ledger, dialled } = stage();
    const to = person();
    ledger.attempts.set(`acme ${dialParams(to).callId}`, { sinceMs: Date.now() - 29_000 });
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({
      code: 'carrier-unavailable',
      retry: true,
    });
    ledger.attempts.set(`acme ${dialParams(to).callId}`, { sinceMs: Date.now() - 30_000 });
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({ code: 'dial-unknown', retry: false });
    expect(await dialled(to)).toEqual([]);
  });

  it('pauses, and may be tried again, where the carrier says that it is asked too often', async () => {
    const { provider, network, ledger, throttled, dialled } = stage();
    const to = person();
    await network.control('PUT', '/traps', { name: 'rest-too-many-requests', match: 'POST' });
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({ code: 'dial-later', afterMs: 700 });
    expect([throttled, await ledger.isUnderWay(dialParams(to))]).toEqual([[carrierAccountId], false]);
    const { carrierCallId } = await provider.startCall(dialParams(to));
    expect(await dialled(to)).toEqual([carrierCallId]);
  });

  it('waits for its turn, and for another one where it was too slow to take it', async () => {
    const { provider, ledger, dialled } = stage();
    const to = person();
    stage().turns = [new DialLater(9000)];
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({ code: 'dial-later', afterMs: 9000 });
    stage().turns = [{ untilMs: Date.now() - 1 }, new DialLater(300)];
    await expect(provider.startCall(dialParams(to))).rejects.toMatchObject({ afterMs: 300 });
    expect([await dialled(to), await ledger.isUnderWay(dialParams(to))]).toEqual([[], false]);
    stage().turns = [{ untilMs: Date.now() - 1 }, { untilMs: Date.now() + 1000 }];
    const { carrierCallId } = await provider.startCall(dialParams(to));
    stage().turns = [new DialLater(9000)];
    expect(await provider.startCall(dialParams(to))).toMatchObject({ carrierCallId });
  });

  it(
    'has the carrier look who answers before the call or beside it, and say so at an address of the call',
    { timeout: 20_000 },
    async () => {
      const { provider, network, answered } = stage();
      const taken = async (machineDetection: 'off' | 'sync' | 'async') => {
        const to = person();
        const steps = [{ pauseMs: 3000 }, { hangUp: true }];
        await network.control('PUT', `/callees/${encodeURIComponent(to)}`, {
          answerAfterMs: 0,
          detectedAfterMs: 500,
          steps,
        });
        const { callId, carrierCallId } = await provider.startCall({ ...dialParams(to), machineDetection });
        const { timeline } = await network.ended(carrierCallId);
        const order = timeline.map(({ kind }) => kind).filter((kind) => /document|detection/.test(kind));
        return { order, told: answered.includes(`/telephony/t/acme/calls/${callId}/answered-by`) };
      };
      const [off, sync, beside] = await Promise.all([taken('off'), taken('sync'), taken('async')]);
      expect(off).toEqual({ order: ['document'], told: false });
      expect(sync).toEqual({ order: ['machine-detection', 'document'], told: false });
      expect(beside).toEqual({ order: ['document', 'machine-detection'], told: true });
    },
  );

  it('is refused with a code and without the number in its words', async () => {
    const { provider, network } = stage();
    const refused = provider.startCall({ ...dialParams('+420777001999'), to: 'not a number' });
    await expect(refused).rejects.toMatchObject({
      code: 'carrier-refused',
      message: expect.not.stringContaining('not a number'),
    });
    const barred = person();
    await network.control('PUT', `/callees/${encodeURIComponent(barred)}`, { refusedWith: 21_219 });
    const unverified: unknown = await provider.startCall(dialParams(barred)).catch((thrown: unknown) => thrown);
    expect(unverified).toMatchObject({ code: 'carrier-refused', message: expect.not.stringContaining(barred) });
    expect(dialRefusal(unverified)).toEqual({ reason: 'number-unverified', carrierCode: 21_219 });
    await expect(provider.startCall({ ...dialParams(person()), from: '+420222000999' })).rejects.toMatchObject({
      code: 'number-unknown',
    });
    await expect(provider.startCall(dialParams(person(), 'penniless'))).rejects.toMatchObject({
      code: 'credentials-missing',
    });
  });
});
