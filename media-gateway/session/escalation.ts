/** Finds a tenant's escalation keywords in what a caller said, whatever the case, the accents and the inflection. */
export type EscalationFinder = (text: string) => string | undefined;

const SHORTEST_STEM = 4;
const LONGEST_ENDING = 3; // of inflection, as in stížnost-ech or právník-ovi

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

/** Czech puts its endings on a stem, in place of a final vowel: `inspekce` is also `inspekcí` and `inspekcemi`. */
function isFormOf(said: string | undefined, keyword: string): boolean {
  if (said === undefined) return false;
  if (said === keyword) return true;
  const stem = keyword.replace(/[aeiouy]$/, '');
  return stem.length >= SHORTEST_STEM && said.startsWith(stem) && said.length - stem.length <= LONGEST_ENDING;
}
