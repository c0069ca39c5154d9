import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { heardText, speechRate } from './heard-text.ts';
import { createSpeechProfile, STEP_MS } from './speech-profile.ts';

/** Synthesised sentences: loudness per step, and when each word ended by the synthesiser's own account. */
interface Spoken {
  language: string;
  text: string;
  wordEndsMs: number[];
  levels: number[];
}

const sentences: Spoken[] = JSON.parse(readFileSync(new URL('heard-text.fixture.json', import.meta.url), 'utf8'));

describe.each(sentences)('heard text of "$text"', (spoken) => {
  it('is at most one word wrong in 99 of 100 places where the whole sentence is cut, and never by three', () => {
    const misses = missesAt(spoken, () => ({ ...spoken, complete: true }));
    expect(misses.filter((words) => words > 1).length).toBeLessThanOrEqual(misses.length / 100);
    expect(Math.max(...misses)).toBeLessThan(3);
  });

  it('is at most one word wrong in 19 of 20 places where the rest of the sentence never came', () => {
    const weightPerMs = speechRate(spoken.text, spoken.levels);
    const misses = missesAt(spoken, (atMs) => {
      const levels = spoken.levels.slice(0, Math.ceil((atMs + 1500) / STEP_MS));
      return { text: spoken.text, levels, complete: false, weightPerMs };
    });
    expect(misses.filter((words) => words > 1).length).toBeLessThan(misses.length / 20);
  });

  it('is nothing before the first word and everything after the last', () => {
    expect(heardText({ ...spoken, complete: true }, 0)).toBe('');
    expect(heardText({ ...spoken, complete: true }, spoken.levels.length * STEP_MS)).toBe(spoken.text);
  });
});

describe('heard text', () => {
  it('never invents words that the model has not delivered', () => {
    const [spoken] = sentences;
    expect(heardText({ text: 'Dobrý den', levels: spoken?.levels ?? [], complete: false }, 60_000)).toBe('Dobrý den');
    expect(heardText({ text: '', levels: [], complete: true }, 100)).toBe('');
  });
});

describe('speech profile', () => {
  it('tells the mean magnitude of each step, however the audio was cut', () => {
    const whole = Uint8Array.from({ length: 1000 }, (_, i) => (i < 320 ? 0xff : i % 2 === 0 ? 0x80 : 0x00));
    const cut = createSpeechProfile();
    for (let at = 0; at < whole.length; at += 77) cut.append(whole.subarray(at, at + 77));
    expect(cut.levels()).toEqual([0, 0, 32_124, 32_124, 32_124, 32_124]);
  });
});

function missesAt(spoken: Spoken, soFar: (atMs: number) => Parameters<typeof heardText>[0]): number[] {
  const misses: number[] = [];
  for (let atMs = 0; atMs < spoken.levels.length * STEP_MS; atMs += 50) {
    const heard = heardText(soFar(atMs), atMs).split(/\s+/).filter(Boolean).length;
    misses.push(Math.abs(heard - spoken.wordEndsMs.filter((endMs) => endMs <= atMs).length));
  }
  return misses;
}
