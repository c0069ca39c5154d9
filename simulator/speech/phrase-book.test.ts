import { expect, test } from 'vitest';

import { loadPhraseBook, phrasePcm } from './phrase-book.ts';

const book = loadPhraseBook();

test('each language has at least 14 phrases of each speaker', () => {
  for (const language of ['cs', 'en']) {
    for (const speaker of ['caller', 'assistant']) {
      const own = book.phrases.filter((phrase) => phrase.language === language && phrase.speaker === speaker);
      expect(own.length).toBeGreaterThanOrEqual(14);
    }
  }
});

test('the words of a phrase are its text, in order and inside the recording', () => {
  for (const phrase of book.phrases) {
    expect(phrase.words.map((word) => word.text).join(' ')).toBe(phrase.text);
    let last = 0;
    for (const word of phrase.words) {
      expect(word.startMs).toBeGreaterThanOrEqual(last);
      expect(word.endMs).toBeGreaterThan(word.startMs);
      last = word.startMs;
    }
    expect(last).toBeLessThan(phrase.durationMs);
  }
});

test('a phrase lasts the same at every rate and keeps its level', () => {
  for (const id of ['cs-caller-goodbye', 'en-assistant-greeting']) {
    const phrase = book.byId(id);
    for (const rateHz of [8000, 16000, 24000] as const) {
      const pcm = phrasePcm(phrase, rateHz);
      expect(Math.abs((pcm.length * 1000) / rateHz - phrase.durationMs)).toBeLessThan(2);
      const power = pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length;
      const dbfs = 10 * Math.log10(power / 32768 ** 2);
      expect(dbfs).toBeGreaterThan(-26);
      expect(dbfs).toBeLessThan(-17);
    }
  }
});

test('no pause inside a phrase is long enough to end a turn', () => {
  for (const phrase of book.phrases) {
    const pcm = phrasePcm(phrase, 8000);
    let quiet = 0;
    let longest = 0;
    for (const sample of pcm) {
      quiet = Math.abs(sample) < 120 ? quiet + 1 : 0;
      longest = Math.max(longest, quiet);
    }
    expect(longest / 8).toBeLessThan(300);
  }
});

test('an unknown phrase is refused by name', () => {
  expect(() => book.byId('cs-caller-nobody')).toThrow('cs-caller-nobody');
});
