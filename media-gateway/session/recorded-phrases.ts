import { readFileSync } from 'node:fs';
import type { LanguageTag } from '../../contracts/languages.ts';

/** What the assistant says when no model is there to say it. */
export interface RecordedPhrase {
  readonly text: string;
  readonly mulaw: Uint8Array;
}

type PhraseName = 'one-moment' | 'apology';

const texts: Readonly<Record<string, Readonly<Record<PhraseName, string>>>> = {
  cs: {
    'one-moment': 'Okamžik prosím, podívám se do systému.',
    apology: 'Omlouvám se, na chvíli jsme se neslyšeli.',
  },
  sk: {
    'one-moment': 'Okamih, prosím, pozriem sa do systému.',
    apology: 'Prepáčte, na chvíľu sme sa nepočuli.',
  },
  de: {
    'one-moment': 'Einen Moment bitte, ich sehe im System nach.',
    apology: 'Entschuldigung, die Verbindung war kurz unterbrochen.',
  },
  pl: {
    'one-moment': 'Chwileczkę, sprawdzę w systemie.',
    apology: 'Przepraszam, na chwilę się nie słyszeliśmy.',
  },
  en: {
    'one-moment': 'One moment please, let me look into the system.',
    apology: 'Sorry, we lost each other for a moment.',
  },
};
/** Whether these words, or their beginning, are not the assistant's own: they were played for want of a model. */
export function isRecorded(words: string): boolean {
  return Object.values(texts).some((phrases) => Object.values(phrases).some((text) => text.startsWith(words)));
}

const WAV_HEADER_BYTES = 58;
const loaded = new Map<string, Uint8Array>();

/** The phrase in the assistant's language; undefined where nobody has recorded it. Each is read once a process. */
export function recordedPhrase(language: LanguageTag, name: PhraseName): RecordedPhrase | undefined {
  const primary = language.split('-')[0] ?? '';
  const text = texts[primary]?.[name];
  if (text === undefined) return undefined;
  const file = `${primary}-${name}.wav`;
  const mulaw =
    loaded.get(file) ?? readFileSync(new URL(`../phrases/${file}`, import.meta.url)).subarray(WAV_HEADER_BYTES);
  loaded.set(file, mulaw);
  return { text, mulaw };
}
