import { describe, expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { VoiceControlEvent } from '../contracts/voice-provider.ts';
import { evacuateCalls } from './evacuate.ts';

const degradedPlan = {
  language: 'cs-CZ',
  voiceId: 'cs-CZ-Standard-A',
  steps: [{ type: 'say' as const, text: 'Zavolejte později.' }],
};
const calls = (count: number) => Array.from({ length: count }, (_, index) => ({ callId: `c${index}`, degradedPlan }));

describe('evacuateCalls', () => {
  it('redirects every call inline, a bounded number at once, and counts how it went', async () => {
    let running = 0;
    let most = 0;
    const sent: VoiceControlEvent[] = [];
    const sendEvent = async (callId: string, event: VoiceControlEvent): Promise<void> => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      if (callId === 'c0') throw new AppError('call-ended', 'over');
      if (callId === 'c1') throw new AppError('carrier-unavailable', 'away');
      sent.push(event);
    };
    const counts = await evacuateCalls({ liveCalls: calls(50), provider: { sendEvent }, deadlineMs: 5000 });
    expect(counts).toEqual({ redirected: 48, ended: 1, failed: 1, unreached: 0 });
    expect(most).toBe(20);
    expect(sent[0]).toEqual({
      type: 'redirectInline',
      document: expect.stringContaining('Zavolejte později.</Say><Hangup/>'),
    });
  });

  it('returns at its deadline whatever the carrier does', async () => {
    const counts = await evacuateCalls({
      liveCalls: calls(3),
      provider: { sendEvent: () => new Promise(() => {}) },
      deadlineMs: 10,
    });
    expect(counts).toEqual({ redirected: 0, ended: 0, failed: 0, unreached: 3 });
  });

  it('has nothing to do without calls', async () => {
    const nobody = { sendEvent: () => Promise.reject(new Error('nobody')) };
    expect(await evacuateCalls({ liveCalls: [], provider: nobody, deadlineMs: 10 })).toEqual({
      redirected: 0,
      ended: 0,
      failed: 0,
      unreached: 0,
    });
  });
});
