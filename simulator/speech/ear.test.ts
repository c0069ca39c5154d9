import { expect, test } from 'vitest';

import { distortions } from './distortions.ts';
import { recogniseHeard } from './ear.ts';
import { loadPhraseBook, phrasePcm, type Phrase } from './phrase-book.ts';

const book = loadPhraseBook();
const silence = (ms: number): Int16Array => new Int16Array(ms * 8);
const partOf = (phrase: Phrase, fromMs: number, untilMs: number): Int16Array =>
  phrasePcm(phrase, 8000).slice(fromMs * 8, untilMs * 8);
const whole = (id: string): Int16Array => phrasePcm(book.byId(id), 8000);

function line(...parts: readonly Int16Array[]): Int16Array {
  const out = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return distortions.mulaw(out);
}

test('phrases are heard in order, with their times, whether or not a pause lies between them', () => {
  const ids = [
    'cs-assistant-greeting',
    'cs-assistant-checking',
    'cs-assistant-order-on-the-way',
    'cs-assistant-anything-else',
  ];
  const [a, b, c, d] = ids.map(whole);
  if (!a || !b || !c || !d) throw new Error('phrases missing');
  const heard = recogniseHeard(line(silence(730), a, silence(1204), b, c, silence(90), d, silence(500)), 'cs');
  expect(heard.map((one) => one.phraseId)).toEqual(ids);
  expect(heard.every((one) => one.complete)).toBe(true);
  expect(Math.abs((heard[0]?.startMs ?? 0) - 730)).toBeLessThan(60);
  expect(Math.abs((heard[1]?.startMs ?? 0) - (730 + a.length / 8 + 1204))).toBeLessThan(60);
});

test('of an interrupted sentence only the words before the cut were heard, to within one word', () => {
  for (const id of ['cs-assistant-returns', 'en-assistant-returns', 'cs-assistant-story-one']) {
    const phrase = book.byId(id);
    for (const cutMs of [700, 1730, 2510, 4333, 7777]) {
      const heard = recogniseHeard(line(silence(300), partOf(phrase, 0, cutMs), silence(900)), phrase.language);
      expect(heard.map((one) => one.phraseId)).toEqual([id]);
      const expected = phrase.words.filter((word) => word.endMs <= cutMs).length;
      expect(Math.abs((heard[0]?.heardWords.length ?? 0) - expected)).toBeLessThanOrEqual(1);
      expect(heard[0]?.complete).toBe(false);
      expect(Math.abs((heard[0]?.endMs ?? 0) - (300 + cutMs))).toBeLessThan(260);
    }
  }
});

test('an interrupted sentence does not hide the phrase that follows at once', () => {
  const heard = recogniseHeard(
    line(partOf(book.byId('en-assistant-returns'), 0, 2500), whole('en-assistant-delivery-window'), silence(200)),
  );
  expect(heard.map((one) => [one.phraseId, one.complete])).toEqual([
    ['en-assistant-returns', false],
    ['en-assistant-delivery-window', true],
  ]);
});

test('a sentence that was held up in the middle is one sentence', () => {
  const phrase = book.byId('cs-assistant-opening-hours');
  const heard = recogniseHeard(
    line(partOf(phrase, 0, 1300), silence(640), partOf(phrase, 1300, phrase.durationMs), silence(300)),
    'cs',
  );
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ phraseId: phrase.id, complete: true });
});

test('the rest of a sentence whose beginning was lost is known by its words', () => {
  const phrase = book.byId('en-assistant-story-two');
  const fromMs = 5000;
  const heard = recogniseHeard(line(silence(400), partOf(phrase, fromMs, phrase.durationMs), silence(300)), 'en');
  const expected = phrase.words.filter((word) => word.startMs >= fromMs).map((word) => word.text);
  expect(heard).toHaveLength(1);
  expect(heard[0]?.complete).toBe(false);
  expect(Math.abs((heard[0]?.heardWords.length ?? 0) - expected.length)).toBeLessThanOrEqual(1);
  expect(heard[0]?.heardWords.at(-1)).toBe(expected.at(-1));
});

test('a tone and silence hold no phrase', () => {
  expect(recogniseHeard(silence(3000))).toEqual([]);
  expect(recogniseHeard(Int16Array.from({ length: 16000 }, (_, n) => 8000 * Math.sin(n / 3)))).toEqual([]);
});
