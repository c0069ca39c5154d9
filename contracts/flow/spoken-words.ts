/** What a caller said, set against the words that an option answers to. */
import { inLanguage, type LanguageTag } from '../languages.ts';

export type WordsByLanguage = Readonly<Record<LanguageTag, readonly string[]>>;

/** An option and the words for it; the option with the longest phrase that was said wins. */
export interface SpokenOption {
  outcome: string;
  words?: WordsByLanguage;
}

export type SpokenMatch = { outcome: string; phrase: string } | { unclear: readonly string[] } | undefined;

/** Case and accents do not count, and a phrase is whole words. Two options with phrases of one length are unclear. */
export function matchSpoken(text: string, options: readonly SpokenOption[], language: LanguageTag): SpokenMatch {
  const said = ` ${folded(text)} `;
  let best: { outcome: string; phrase: string }[] = [];
  for (const { outcome, words } of options) {
    for (const phrase of inLanguage(words ?? {}, language) ?? []) {
      const sought = folded(phrase);
      if (sought === '' || !said.includes(` ${sought} `)) continue;
      const longest = best[0]?.phrase.length ?? 0;
      if (sought.length > longest) best = [{ outcome, phrase: sought }];
      else if (sought.length === longest) best.push({ outcome, phrase: sought });
    }
  }
  const outcomes = [...new Set(best.map(({ outcome }) => outcome))];
  return outcomes.length > 1 ? { unclear: outcomes } : best[0];
}

/** All that may be said, for the carrier's recogniser. */
export function hintsFor(options: readonly SpokenOption[], language: LanguageTag): string[] {
  return options.flatMap(({ words }) => [...(inLanguage(words ?? {}, language) ?? [])]);
}

function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
