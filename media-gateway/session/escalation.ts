/** Finds a tenant's escalation keywords in what a caller said, whatever the case, the accents and the inflection. */
export type EscalationFinder = (text: string) => string | undefined;

const SHORTEST_STEM = 4;

/** Endings of Czech nouns and adjectives, accents folded; `ama` and its like are spoken, not written. */
const ENDINGS: ReadonlySet<string> = new Set(
  `a e i o u y em im om um ym ou ovi ove ech ich ach ych am ami emi imi ymi mi ama ema ima ma iho imu eho emu ho mu`.split(
    ' ',
  ),
);

/** Very common words that look like a form of something else: `právě` is hardly ever about `právo`. */
const NEVER: ReadonlySet<string> = new Set(['prave']);

/** A consonant at the end of a stem, and what it becomes before some endings: `právník`, `právníci`. */
const SOFTENED: readonly (readonly [hard: string, soft: string])[] = [
  ['ch', 's'],
  ['k', 'c'],
  ['h', 'z'],
  ['g', 'z'],
];

/** Returns a function that names the first keyword found. A keyword of several words is found in that order. */
export function createEscalationFinder(keywords: readonly string[]): EscalationFinder {
  const wanted = keywords
    .map((keyword) => ({ keyword, words: wordsOf(keyword) }))
    .filter(({ words }) => words.length > 0);
  return (text) => {
    const said = wordsOf(text);
    return wanted.find(({ words }) => {
      return said.some((_, at) => words.every((word, i) => isFormOf(said[at + i], word)));
    })?.keyword;
  };
}

/** Without accents and case; the letters alone. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Whether what was said is the keyword in any case, number or gender that Czech gives it, or in the plural of English. */
function isFormOf(said: string | undefined, keyword: string): boolean {
  if (said === undefined) return false;
  if (said === keyword || isEnglishPlural(said, keyword)) return true;
  if (NEVER.has(said)) return false;
  return stemsOf(keyword).some(({ stem, bare }) => {
    if (stem.length < SHORTEST_STEM || !said.startsWith(stem)) return false;
    const ending = said.slice(stem.length);
    return ending === '' ? bare : ENDINGS.has(ending);
  });
}

function isEnglishPlural(said: string, keyword: string): boolean {
  return said === `${keyword}s` || said === `${keyword}es` || said === keyword.replace(/y$/, 'ies');
}

interface Stem {
  readonly stem: string;
  /** Whether the stem alone is a form, too. */
  readonly bare: boolean;
}

/** What endings are put on, in place of a final vowel. */
function stemsOf(keyword: string): Stem[] {
  const stem = keyword.replace(/[aeiouy]$/, '');
  const hard = [{ stem, bare: true }, ...withoutE(keyword)];
  return [...hard, ...hard.flatMap(softened), ...withE(keyword, stem)];
}

const CONSONANT = '[bcdfghjklmnpqrstvwxz]';

/** An e that goes: `posudek`, `posudku`. */
function withoutE(keyword: string): Stem[] {
  const [, before, after] = new RegExp(`^(.+)e(${CONSONANT})$`).exec(keyword) ?? [];
  return before === undefined || after === undefined ? [] : [{ stem: before + after, bare: false }];
}

/** An e that comes: `schůzka`, `schůzek`. */
function withE(keyword: string, stem: string): Stem[] {
  if (stem === keyword || !new RegExp(`${CONSONANT}{2}$`).test(stem)) return [];
  return [{ stem: `${stem.slice(0, -1)}e${stem.slice(-1)}`, bare: true }];
}

function softened({ stem }: Stem): Stem[] {
  const pair = SOFTENED.find(([hard]) => stem.endsWith(hard));
  return pair ? [{ stem: stem.slice(0, -pair[0].length) + pair[1], bare: false }] : [];
}
