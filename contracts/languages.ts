/** BCP 47 tags as tenants write them, such as `cs-CZ`. */
export type LanguageTag = string;

/** Text in the languages a flow declares. Lookup goes from the exact tag to the primary language to the first entry. */
export type LocalizedText = string | Readonly<Record<LanguageTag, string>>;

export function localize(text: LocalizedText, language: LanguageTag): string {
  if (typeof text === 'string') return text;
  const primary = language.split('-')[0];
  const byPrimary = Object.entries(text).find(([tag]) => tag.split('-')[0] === primary);
  return text[language] ?? byPrimary?.[1] ?? Object.values(text)[0] ?? '';
}
