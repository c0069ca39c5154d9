import { nearestName } from '../../nearest-name.ts';
import type { ViewedNode } from '../flow-view.ts';
import { type Problem, pointer, problem } from '../problem.ts';
import { knownOf, ownOf, type ReferenceKind } from '../references-of.ts';
import type { Rule } from '../rule.ts';
import type { ValidationContext } from '../validation-context.ts';

const words: Readonly<Record<ReferenceKind, readonly [en: string, cs: string]>> = {
  assistants: ['assistant', 'asistent'],
  queues: ['queue', 'fronta'],
  tools: ['tool', 'nástroj'],
  calendars: ['calendar', 'kalendář'],
  prompts: ['prompt', 'nahrávka'],
  flows: ['flow', 'scénář'],
  agents: ['agent', 'operátor'],
  webhooks: ['webhook', 'webhook'],
};

/**
 * What a flow refers to by id exists, tools that a node leaves to an assistant are the assistant's own, recordings are there
 * in each of the flow's languages, and numbers that it calls from are the tenant's.
 */
export const references: Rule = ({ document: { languages }, context, nodes }) =>
  [...nodes.values()].flatMap((viewed) => [
    ...unknownIds(viewed, context),
    ...unknownTools(viewed, context),
    ...promptLanguages(viewed, context, languages),
    ...strangeNumbers(viewed, context),
  ]);

function unknownIds({ id, references: all }: ViewedNode, context: ValidationContext): Problem[] {
  return all.flatMap(({ kind, to, at, version }) => {
    const known = knownOf(kind, context);
    if (!known) return [];
    const where = { nodeId: id, at };
    if (!Object.hasOwn(known, to)) {
      const [en, cs] = words[kind];
      const [hintEn, hintCs] = hints(to, Object.keys(known));
      return [
        problem('unknown-reference', where, `there is no ${en} ${to}${hintEn}`, `${cs} ${to} neexistuje${hintCs}`),
      ];
    }
    return kind === 'flows' ? versionProblems(where, to, version, context) : [];
  });
}

/** A node takes tools away from an assistant and never adds any: a name that is not its own would be left out in every call. */
function unknownTools({ id, node }: ViewedNode, { assistants }: ValidationContext): Problem[] {
  const assistantId: unknown = Reflect.get(node, 'assistantId');
  const wanted: unknown = Reflect.get(node, 'tools');
  const own =
    typeof assistantId === 'string' ? ownOf(assistants, assistantId)?.tools?.map(({ name }) => name) : undefined;
  if (node.type !== 'assistant' || !own || !Array.isArray(wanted)) return [];
  return wanted.flatMap((name: unknown, index) => {
    if (typeof name !== 'string' || own.includes(name)) return [];
    const [hintEn, hintCs] = hints(name, own);
    const list = own.join(', ');
    return problem(
      'unknown-reference',
      { nodeId: id, at: pointer('nodes', id, 'tools', index) },
      `the assistant ${String(assistantId)} has no tool ${name}; it has ${list || 'none'}${hintEn}`,
      `asistent ${String(assistantId)} nemá nástroj ${name}; má ${list || 'žádný'}${hintCs}`,
    );
  });
}

function hints(unknown: string, names: readonly string[]): [en: string, cs: string] {
  const near = nearestName(unknown, names);
  return near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
}

function versionProblems(
  where: { nodeId: string; at: string },
  to: string,
  version: number | undefined,
  { flows }: ValidationContext,
): Problem[] {
  const flow = ownOf(flows, to);
  const wanted = version ?? flow?.liveVersion;
  if (wanted === undefined)
    return [
      problem('unknown-version', where, `the flow ${to} was never published`, `scénář ${to} nebyl nikdy publikován`),
    ];
  if (flow?.versions[wanted]) return [];
  return [
    problem('unknown-version', where, `the flow ${to} has no version ${wanted}`, `scénář ${to} nemá verzi ${wanted}`),
  ];
}

function promptLanguages(
  { id, references: all }: ViewedNode,
  { prompts }: ValidationContext,
  languages: readonly string[],
): Problem[] {
  return all.flatMap(({ kind, to, at }) => {
    const audio = kind === 'prompts' && prompts && Object.hasOwn(prompts, to) ? prompts[to]?.audio : undefined;
    if (!audio) return [];
    const primaries = new Set(Object.keys(audio).map((tag) => tag.split('-')[0]));
    return languages
      .filter((language) => !primaries.has(language.split('-')[0]))
      .map((language) =>
        problem(
          'prompt-language-missing',
          { nodeId: id, at },
          `the prompt ${to} has no recording for ${language}`,
          `nahrávka ${to} není pro ${language}`,
        ),
      );
  });
}

function strangeNumbers({ id, node }: ViewedNode, { numbers }: ValidationContext): Problem[] {
  const callerId: unknown = Reflect.get(node, 'callerId');
  if (!numbers || typeof callerId !== 'string' || !callerId.startsWith('+') || numbers.includes(callerId)) return [];
  const at = `/nodes/${id}/callerId`;
  return [
    problem(
      'unknown-reference',
      { nodeId: id, at },
      `${callerId} is none of your numbers`,
      `${callerId} není vaše číslo`,
    ),
  ];
}
