import { encodeMulaw } from './mulaw.ts';
import type { SpokenPhrase } from './scripted-caller.ts';

/** Recorded speech as the network needs it; the phrase book of the simulators fits. */
export interface SpeechSource {
  phrases: readonly SpeechPhrase[];
  pcm8k: (phrase: SpeechPhrase) => Int16Array;
}

export interface SpeechPhrase {
  id: string;
  language: 'cs' | 'en';
  speaker: string;
  text: string;
}

export interface SpokenAudio {
  /** A recorded phrase by id; undefined when the book has none. */
  phrase(phraseId: string): SpokenPhrase | undefined;
  /** What `<Say>` sounds like: the recording of exactly this text, else a speech-like sound of its length. */
  say(text: string, language: string): { mulaw: Uint8Array; phraseId?: string };
}

const MS_PER_CHARACTER = 65;
const SHORTEST_MS = 300;

export function createSpokenAudio(source: SpeechSource): SpokenAudio {
  const cache = new Map<string, SpokenPhrase>();
  const phrase = (phraseId: string): SpokenPhrase | undefined => {
    const known = cache.get(phraseId);
    if (known) return known;
    const found = source.phrases.find((one) => one.id === phraseId);
    if (!found) return undefined;
    const spoken = { phraseId, text: found.text, mulaw: encodeMulaw(source.pcm8k(found)) };
    cache.set(phraseId, spoken);
    return spoken;
  };
  return {
    phrase,
    say: (text, language) => {
      const spoken = source.phrases.filter((one) => one.text === text);
      const best = spoken.find((one) => language.startsWith(one.language)) ?? spoken[0];
      const recorded = best && phrase(best.id);
      return recorded ? { mulaw: recorded.mulaw, phraseId: recorded.phraseId } : { mulaw: murmur(text) };
    },
  };
}

/** A buzz in syllables: a voice-like pitch with harmonics, louder in the middle of each syllable. */
function murmur(text: string): Uint8Array {
  const durationMs = Math.max(SHORTEST_MS, text.length * MS_PER_CHARACTER);
  const pcm = Int16Array.from({ length: durationMs * 8 }, (_, n) => {
    const seconds = n / 8000;
    const syllable = Math.sin(Math.PI * ((seconds * 4) % 1));
    const pitch = 2 * Math.PI * 130 * seconds;
    const buzz = Math.sin(pitch) + 0.6 * Math.sin(3 * pitch) + 0.4 * Math.sin(5 * pitch) + 0.2 * Math.sin(9 * pitch);
    return Math.round(2600 * syllable * buzz);
  });
  return encodeMulaw(pcm);
}
