import { inLanguage } from '../../../languages.ts';
import { parseTemplate } from '../../template/parse-template.ts';
import { type Part, partsOf } from '../flow-view.ts';
import { type Problem, pointer, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Templates can be read, and texts are there in each of the flow's languages. */
export const texts: Rule = (view) =>
  partsOf(view).flatMap((part) => [...badTexts(part), ...languageProblems(part, view.document.languages)]);

function badTexts({ id, fields, inspection: { sources } }: Part): Problem[] {
  const bad = [...sources].filter((source) => 'problems' in parseTemplate(source));
  if (bad.length === 0) return [];
  return fields.flatMap(({ at, value }) => {
    const parsed = typeof value === 'string' && bad.includes(value) ? parseTemplate(value) : undefined;
    if (!parsed || 'template' in parsed) return [];
    return parsed.problems.map(({ line, column, message }) =>
      problem(
        'bad-text',
        { nodeId: id, at },
        `line ${line}, column ${column}: ${message.en}`,
        `řádek ${line}, sloupec ${column}: ${message.cs}`,
      ),
    );
  });
}

function languageProblems({ id, fields, inspection: { byLanguage } }: Part, languages: readonly string[]): Problem[] {
  return byLanguage.flatMap((text) => {
    const missing = languages.filter((language) => !hasLanguage(text, language));
    const unknown = Object.keys(text).filter((tag) => !languages.some((language) => isRelated(tag, language)));
    if (missing.length === 0 && unknown.length === 0) return [];
    const at = fields.find(({ value }) => value === text)?.at ?? '';
    return [
      ...missing.map((language) =>
        problem(
          'language-missing',
          { nodeId: id, at },
          `there is no text for ${language}`,
          `chybí text pro ${language}`,
        ),
      ),
      ...unknown.map((tag) =>
        problem(
          'language-unknown',
          { nodeId: id, at: at + pointer(tag) },
          `the flow is not spoken in ${tag}`,
          `v jazyce ${tag} se tento scénář nemluví`,
          Object.keys(text).length > unknown.length ? [{ op: 'remove', path: at + pointer(tag) }] : undefined,
        ),
      ),
    ];
  });
}

const primary = (tag: string): string => tag.split('-')[0] ?? tag;
const isRelated = (one: string, other: string): boolean => primary(one) === primary(other);

/** Without its own text a language would be spoken to in the first that there is. */
function hasLanguage(text: Readonly<Record<string, string>>, language: string): boolean {
  return Object.keys(text).some((tag) => isRelated(tag, language)) && inLanguage(text, language) !== undefined;
}
