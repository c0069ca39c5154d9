import { readFileSync } from 'node:fs';
import { decodeAdpcmWav } from './adpcm-wav.ts';
import { random } from './distortions.ts';
import { resample } from './resample.ts';

/** A small sound of a caller, as several voices make it: signed 16 bit at 8 kHz, at the usual level of speech. */
export interface ShortWord {
  readonly id: string;
  readonly text: string;
  readonly recordings: readonly Int16Array[];
}

const voices = [1, 2, 3, 4, 5, 6] as const;

/** The words of `words.json`, and a cough, which is made. */
export function loadShortWords(): ShortWord[] {
  const rows: unknown = JSON.parse(readFileSync(new URL('words.json', import.meta.url), 'utf8'));
  if (!Array.isArray(rows) || !rows.every(isRow)) throw new RangeError('words.json holds no list of words');
  const words = rows.map(({ id, text }) => ({ id, text, recordings: voices.map((voice) => recorded(id, voice)) }));
  return [...words, { id: 'cough', text: '(a cough)', recordings: voices.map(cough) }];
}

function recorded(id: string, voice: number): Int16Array {
  const { pcm, sampleRateHz } = decodeAdpcmWav(readFileSync(new URL(`words/${id}-${voice}.wav`, import.meta.url)));
  return resample(pcm, sampleRateHz, 8000);
}

/** A burst of breath, and a second, weaker one with a little voice in it. */
function cough(seed: number): Int16Array {
  const next = random(seed);
  const secondAt = Math.floor(8000 * (0.2 + 0.1 * next()));
  const pitchHz = 110 + 80 * next();
  const pcm = new Int16Array(secondAt + 2400);
  let dull = 0;
  for (let n = 0; n < pcm.length; n++) {
    dull += 0.45 * (2 * next() - 1 - dull);
    const voice = Math.sign(Math.sin((2 * Math.PI * pitchHz * n) / 8000));
    const first = 14_000 * Math.exp(-n / 500) * dull;
    const second = n < secondAt ? 0 : 9000 * Math.exp(-(n - secondAt) / 700) * (dull + 0.15 * voice);
    pcm[n] = Math.round(first + second);
  }
  return pcm;
}

function isRow(value: unknown): value is { id: string; text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}
