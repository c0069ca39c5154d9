/** BCP 47 tags as tenants write them, such as `cs-CZ`. */
export type LanguageTag = string;

/** Text in the languages a flow declares. Lookup goes from the exact tag to the primary language to the first entry. */
export type LocalizedText = string | Readonly<Record<LanguageTag, string>>;

export function localize(text: LocalizedText, language: LanguageTag): string {
  return typeof text === 'string' ? text : (inLanguage(text, language) ?? '');
}

/** What there is for a language, or for a relative of it, or at all. */
export function inLanguage<Value>(
  byLanguage: Readonly<Record<LanguageTag, Value>>,
  language: LanguageTag,
): Value | undefined {
  const exact = byLanguage[language];
  if (exact !== undefined) return exact;
  const primary = language.split('-')[0];
  const entries = Object.entries(byLanguage);
  return (entries.find(([tag]) => tag.split('-')[0] === primary) ?? entries[0])?.[1];
}
