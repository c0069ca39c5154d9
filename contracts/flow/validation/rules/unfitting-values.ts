import type { Json } from '../../../tools.ts';
import { isObject } from '../../bounds.ts';
import { toE164 } from '../../phone-number.ts';
import { asType } from '../../typed-value.ts';
import type { VariableDeclaration, VariableType } from '../../variables.ts';
import { type Problem, pointer, problem } from '../problem.ts';
import { ownOf } from '../references-of.ts';
import type { Rule } from '../rule.ts';

/**
 * What is written out for a variable fits its type: defaults, and what `set` nodes assign. A call would leave the variable
 * as it was, or dial what is no number. What comes from a template is known in the call alone.
 */
export const unfittingValues: Rule = ({ document: { variables = {}, contact = {} }, nodes }) => [
  ...defaults('variables', 'vars', variables),
  ...defaults('contact', 'contact', contact),
  ...[...nodes.values()].flatMap(({ id, node }) => {
    const assignments: unknown = Reflect.get(node, 'assignments');
    if (node.type !== 'set' || !Array.isArray(assignments)) return [];
    return assignments.flatMap((assignment: Json, index) => {
      const { variable, value } = isObject(assignment) ? assignment : {};
      if (typeof variable !== 'string' || value === undefined) return [];
      const declaration = ownOf(variables, variable);
      if (!declaration || fits(value, declaration.type)) return [];
      const at = pointer('nodes', id, 'assignments', index, 'value');
      return unfitting({ nodeId: id, at }, `vars.${variable}`, value, declaration);
    });
  }),
];

function defaults(field: string, group: string, declared: Readonly<Record<string, VariableDeclaration>>): Problem[] {
  return Object.entries(declared).flatMap(([name, declaration]) => {
    const { type, default: value = null } = declaration;
    if (value === null || fits(value, type)) return [];
    return unfitting({ at: pointer(field, name, 'default') }, `${group}.${name}`, value, declaration);
  });
}

function fits(value: Json, type: VariableType): boolean {
  if (typeof value === 'string' && /\{[{%]/.test(value)) return true;
  // An empty one says that there is none.
  if (type === 'phone') return typeof value === 'string' && (value === '' || toE164(value) !== undefined);
  return asType(value, type) !== undefined;
}

const words: Readonly<Record<VariableType, readonly [en: string, cs: string]>> = {
  text: ['a text', 'text'],
  number: ['a number', 'číslo'],
  boolean: ['true or false', 'true nebo false'],
  time: ['a time with offset, such as 2026-12-24T08:00:00+01:00', 'čas s posunem, jako 2026-12-24T08:00:00+01:00'],
  phone: ['a telephone number, such as +420123456789', 'telefonní číslo, jako +420123456789'],
  list: ['a list', 'seznam'],
  json: ['a value', 'hodnota'],
};

function unfitting(
  where: { nodeId?: string; at: string },
  path: string,
  value: Json,
  { type, sensitive }: VariableDeclaration,
): Problem {
  const [en, cs] = words[type];
  const shown = sensitive ? undefined : JSON.stringify(value).slice(0, 60);
  return problem(
    'bad-value',
    where,
    `${path} is of the type ${type}, and ${shown ?? 'this'} is not ${en}`,
    `${path} je typu ${type}, a ${shown ?? 'toto'} není ${cs}`,
  );
}
