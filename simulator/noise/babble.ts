import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import type { NoiseMaker } from './band.ts';

const voices = 8;

/** Eight people talking at once, none of them to us: the recorded phrases, each voice at a speed and distance of its own. */
export const babble: NoiseMaker = (seconds, next) => {
  const sound = new Float64Array(seconds * 8000);
  const { phrases } = loadPhraseBook();
  for (let voice = 0; voice < voices; voice++) {
    const speed = 0.85 + 0.35 * next();
    const level = 0.4 + 0.8 * next();
    for (let at = Math.floor(16_000 * next()); at < sound.length;) {
      const phrase = phrases[Math.floor(next() * phrases.length)];
      if (!phrase) break;
      const pcm = phrasePcm(phrase, 8000);
      const length = Math.floor(pcm.length / speed);
      for (let n = 0; n < length && at + n < sound.length; n++) {
        sound[at + n] = (sound[at + n] ?? 0) + (level * (pcm[Math.floor(n * speed)] ?? 0)) / 3300;
      }
      at += length + Math.floor(8000 * (0.2 + next()));
    }
  }
  return sound;
};
