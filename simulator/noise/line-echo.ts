import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { createSection, type NoiseMaker } from './band.ts';

/** Our own voice, come back through the caller's telephone: later, duller, with a little of the room. */
export const lineEcho: NoiseMaker = (seconds, next) => {
  const sound = new Float64Array(seconds * 8000);
  const assistants = loadPhraseBook().phrases.filter(({ speaker }) => speaker === 'assistant');
  const dull = createSection('lowpass', 2200, 0.7);
  const delay = Math.floor(8000 * (0.03 + 0.25 * next()));
  const room = Math.floor(8000 * (0.01 + 0.03 * next()));
  for (let at = delay; at < sound.length;) {
    const phrase = assistants[Math.floor(next() * assistants.length)];
    if (!phrase) break;
    const pcm = phrasePcm(phrase, 8000);
    for (let n = 0; n < pcm.length && at + n < sound.length; n++) {
      const direct = dull((pcm[n] ?? 0) / 3300);
      sound[at + n] = direct + 0.35 * (sound[at + n - room] ?? 0);
    }
    at += pcm.length + Math.floor(8000 * (0.1 + 0.6 * next()));
  }
  return sound;
};
