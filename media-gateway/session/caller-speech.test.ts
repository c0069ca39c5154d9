import { describe, expect, it } from 'vitest';
import { encodeMulaw } from '../audio/mulaw.ts';
import { createCallerSpeech, HANGOVER_MS, type SpeechEvent } from './caller-speech.ts';

describe('caller speech', () => {
  it('dates speech from its first to its last sound', () => {
    expect(heard([silent(400), loud(500), silent(600)])).toEqual([
      { type: 'speechStarted', atMs: 400 },
      { type: 'speechEnded', atMs: 900 },
    ]);
  });

  it('takes pauses between words for speech', () => {
    const events = heard([silent(200), loud(300), silent(HANGOVER_MS - 40), loud(300), silent(600)]);
    expect(events).toEqual([
      { type: 'speechStarted', atMs: 200 },
      { type: 'speechEnded', atMs: 1060 },
    ]);
  });

  it('ignores a click', () => {
    expect(heard([silent(400), loud(20), silent(600), loud(40), silent(600)])).toEqual([]);
  });

  it('hears speech above the noise of a line, and no speech in the noise', () => {
    const events = heard([noisy(3000), loud(500), noisy(1000)]);
    expect(events.map(({ type }) => type).slice(-2)).toEqual(['speechStarted', 'speechEnded']);
    expect(events.at(-2)?.atMs).toBe(3000);
    expect(events.filter(({ atMs }) => atMs > 1500).length).toBe(2);
  });
});

type Frame = Uint8Array;

function heard(parts: readonly (readonly Frame[])[]): SpeechEvent[] {
  const speech = createCallerSpeech();
  return parts.flat().flatMap((frame, i) => speech.hear(frame, (i + 1) * 20) ?? []);
}

function frames(ms: number, sample: (i: number) => number): Frame[] {
  return Array.from({ length: ms / 20 }, () => encodeMulaw(Int16Array.from({ length: 160 }, (_, i) => sample(i))));
}

function silent(ms: number): Frame[] {
  return frames(ms, () => 0);
}

function loud(ms: number): Frame[] {
  return frames(ms, (i) => 5000 * Math.sin(i / 4));
}

let seed = 7;
function noisy(ms: number): Frame[] {
  return frames(ms, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed % 800) - 400;
  });
}
