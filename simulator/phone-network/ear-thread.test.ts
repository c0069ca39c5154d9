import { expect, test } from 'vitest';
import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { createEarThread } from './ear-thread.ts';
import { decodeMulaw, encodeMulaw } from './mulaw.ts';
import { createSpokenAudio } from './spoken-audio.ts';

const book = loadPhraseBook();
const phrase = book.byId('cs-assistant-greeting');
const speech = createSpokenAudio({
  phrases: book.phrases,
  pcm8k: ({ id }) => phrasePcm(book.byId(id), 8000),
});

test('the ear tells on its own thread what was played, and how much of it', async () => {
  const ear = createEarThread();
  const pcm = decodeMulaw(encodeMulaw(phrasePcm(phrase, 8000)));
  const [whole, cut] = await Promise.all([
    ear.recognise(pcm, 'cs'),
    ear.recognise(pcm.subarray(0, Math.round(pcm.length / 2)), undefined),
  ]);
  await ear.close();
  expect(whole).toMatchObject([{ phraseId: phrase.id, complete: true }]);
  expect(cut).toMatchObject([{ phraseId: phrase.id, complete: false }]);
  expect(cut[0]?.heardWords.length).toBeLessThan(whole[0]?.heardWords.length ?? 0);
});

test('a known text is said by its recording, an unknown one by a murmur of its length', () => {
  expect(speech.say(phrase.text, 'cs-CZ')).toEqual({
    phraseId: phrase.id,
    mulaw: encodeMulaw(phrasePcm(phrase, 8000)),
  });
  const short = speech.say('Ahoj.', 'cs-CZ');
  const long = speech.say('Nikdo to nenahrál, a přece je to slyšet.', 'cs-CZ');
  expect(short.phraseId).toBeUndefined();
  expect(long.mulaw.length).toBeGreaterThan(short.mulaw.length);
});
