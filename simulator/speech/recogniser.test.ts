import { expect, test } from 'vitest';

import { noisePcm } from '../noise/noise-set.ts';
import { distortions } from './distortions.ts';
import { logMelOf } from './log-mel.ts';
import { loadPhraseBook, phrasePcm } from './phrase-book.ts';
import { recognise, recogniseFrames } from './recogniser.ts';
import { recogniserTable, tableRows } from './recogniser-table.ts';
import { resample } from './resample.ts';

const book = loadPhraseBook();
const said = (id: string): Int16Array => phrasePcm(book.byId(id), 8000);
const join = (...parts: readonly Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));

test('every phrase is understood as it comes from a telephone line', { timeout: 60_000 }, () => {
  const [row] = recogniserTable(tableRows.filter((one) => one.name === 'clean through mu-law and 8 -> 16 kHz'));
  expect(row?.tried).toBe(book.phrases.length);
  expect((row?.right ?? 0) / (row?.tried ?? 1)).toBeGreaterThanOrEqual(0.99);
  expect(row?.wrong).toBe(0);
});

for (const row of tableRows) {
  test(`${row.name}: ${row.expects}`, { timeout: 60_000 }, () => {
    const [result] = recogniserTable([row], 5);
    expect(result?.tried).toBeGreaterThan(20);
    const good = row.expects === 'refused' ? result?.refused : result?.right;
    expect((good ?? 0) / (result?.tried ?? 1)).toBeGreaterThanOrEqual(0.95);
    expect(result?.wrong).toBe(0);
  });
}

test('two phrases without a long pause between them are both understood', () => {
  const pcm = join(said('cs-caller-yes'), new Int16Array(1600), said('cs-caller-time-suits'));
  const result = recognise(pcm, 8000, 'cs');
  expect(result.understood && result.phrases.map((one) => one.phrase.id)).toEqual([
    'cs-caller-yes',
    'cs-caller-time-suits',
  ]);
});

test('half a phrase is not understood', () => {
  const pcm = said('en-caller-order-status');
  expect(recognise(pcm.slice(0, pcm.length / 2), 8000, 'en').understood).toBe(false);
});

test('silence, noise and a tone are not speech of the book', () => {
  expect(recognise(new Int16Array(16000), 8000)).toMatchObject({ understood: false, reason: 'no-speech' });
  const noise = distortions.noise(new Int16Array(16000).fill(3000), -20, 7);
  expect(recognise(noise, 8000).understood).toBe(false);
  const tone = Int16Array.from({ length: 16000 }, (_, n) => 8000 * Math.sin(n / 3));
  expect(recognise(tone, 8000).understood).toBe(false);
});

test('a phrase of another language is not understood when the language is given', () => {
  const pcm = resample(said('cs-caller-goodbye'), 8000, 16000);
  expect(recognise(pcm, 16000, 'en').understood).toBe(false);
  expect(recognise(pcm, 16000).understood).toBe(true);
});

test(
  'over the noise of a street most phrases are understood and none is taken for another',
  { timeout: 60_000 },
  () => {
    const noise = noisePcm({ kind: 'street', snrDb: 10, seed: 7, seconds: 20, heldOut: false });
    const heard = [
      'cs-caller-returns',
      'cs-caller-enough',
      'cs-caller-goodbye',
      'cs-caller-yes',
      'cs-caller-thanks',
    ].flatMap((id) =>
      [0, 40_000, 80_000].map((at) => {
        const phrase = distortions.silenceAround(said(id), 1600, 3400);
        const line = distortions.mulaw(phrase.map((sample, n) => sample + (noise[at + n] ?? 0)));
        const result = recogniseFrames(logMelOf(line, 8000, 10), 'cs', 'noisy');
        return result.understood ? result.phrases[0]?.phrase.id === id : undefined;
      }),
    );
    expect(heard.filter((right) => right === true).length).toBeGreaterThanOrEqual(12);
    expect(heard).not.toContain(false);
  },
);
