import { readFileSync } from 'node:fs';

import { decodeAdpcmWav } from './adpcm-wav.ts';
import { resample } from './resample.ts';

export type SpokenLanguage = 'cs' | 'en';

/** A word with its place in the recording, punctuation included; milliseconds from the phrase's first sample. */
export interface SpokenWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** One recorded sentence of the simulated caller or assistant. */
export interface Phrase {
  readonly id: string;
  readonly language: SpokenLanguage;
  readonly speaker: 'caller' | 'assistant';
  readonly text: string;
  readonly words: readonly SpokenWord[];
  readonly durationMs: number;
}

export interface PhraseBook {
  readonly phrases: readonly Phrase[];
  /** Throws a RangeError for an id that is not in the book. */
  byId(id: string): Phrase;
}

export type PhraseRateHz = 8000 | 16000 | 24000;

let book: PhraseBook | undefined;

/** The book of all recorded phrases (see README.md); read once per process. */
export function loadPhraseBook(): PhraseBook {
  book ??= createPhraseBook(parsePhrases(readFileSync(new URL('phrases.jsonl', import.meta.url), 'utf8')));
  return book;
}

const recorded = new Map<string, Int16Array>();

/** The phrase's samples at the rate asked for. The array is shared: copy it before you change it. */
export function phrasePcm(phrase: Phrase, sampleRateHz: PhraseRateHz): Int16Array {
  const key = `${phrase.id}@${sampleRateHz}`;
  const cached = recorded.get(key);
  if (cached) return cached;
  const recording = decodeAdpcmWav(readFileSync(new URL(`recordings/${phrase.id}.wav`, import.meta.url)));
  const pcm = resample(recording.pcm, recording.sampleRateHz, sampleRateHz);
  recorded.set(key, pcm);
  return pcm;
}

function createPhraseBook(phrases: readonly Phrase[]): PhraseBook {
  const ids = new Map(phrases.map((phrase) => [phrase.id, phrase]));
  return {
    phrases,
    byId(id) {
      const phrase = ids.get(id);
      if (!phrase) throw new RangeError(`the phrase book has no "${id}"`);
      return phrase;
    },
  };
}

function parsePhrases(lines: string): readonly Phrase[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isPhrase(value)) throw new RangeError('a line of phrases.jsonl is not a phrase');
      return value;
    });
}

function isPhrase(value: unknown): value is Phrase {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'language' in value &&
    (value.language === 'cs' || value.language === 'en') &&
    'speaker' in value &&
    (value.speaker === 'caller' || value.speaker === 'assistant') &&
    'text' in value &&
    typeof value.text === 'string' &&
    'durationMs' in value &&
    typeof value.durationMs === 'number' &&
    'words' in value &&
    Array.isArray(value.words)
  );
}
