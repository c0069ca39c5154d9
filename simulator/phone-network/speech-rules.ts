import type { TwimlElement } from './twiml-parser.ts';

/** The locales of voices that are not named after theirs; a basic voice speaks none that is not here. */
const LOCALES: Readonly<Record<string, readonly string[]>> = {
  man: ['en-US', 'en-GB', 'de-DE'],
  woman: ['en-US', 'en-GB', 'de-DE'],
  alice: ['en-US', 'en-GB', 'en-AU', 'en-IN', 'de-DE', 'pl-PL'],
  'Polly.Joanna': ['en-US'],
  'Polly.Matthew': ['en-US'],
  'Polly.Amy': ['en-GB'],
};

/** Why a voice does not speak the language that is asked of it; either without the other is the network's choice. */
export function voiceProblem({ attributes: { voice, language } }: TwimlElement): string | undefined {
  if (voice === undefined || language === undefined) return undefined;
  const own = /^Google\.([a-z]{2,3}-[A-Z]{2})-/.exec(voice)?.[1];
  const locales = own === undefined ? (LOCALES[voice.replace(/-Neural$/, '')] ?? []) : [own];
  return locales.includes(language) ? undefined : `voice ${voice} does not speak ${language}`;
}

const MOST_HINTS = 500;
const MOST_HINT_CHARACTERS = 100;

/** What is wrong with the hints of a Gather: at most 500 of 100 characters each, none of them empty (13330). */
export function hintsProblem({ attributes: { hints } }: TwimlElement): string | undefined {
  if (hints === undefined) return undefined;
  const entries = hints.split(',').map((hint) => hint.trim());
  if (entries.length > MOST_HINTS) return `more than ${MOST_HINTS} hints`;
  if (entries.includes('')) return 'an empty hint';
  return entries.some(({ length }) => length > MOST_HINT_CHARACTERS)
    ? `a hint is longer than ${MOST_HINT_CHARACTERS} characters`
    : undefined;
}
