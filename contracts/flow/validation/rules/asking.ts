import type { ViewedNode } from '../flow-view.ts';
import { type Problem, pointer, problem, type ProblemCode } from '../problem.ts';
import type { Rule } from '../rule.ts';

const ways: readonly (readonly [outcomes: readonly string[], code: ProblemCode, en: string, cs: string])[] = [
  [
    ['noInput'],
    'menu-without-silence-way',
    'whoever says and presses nothing has no way of his own',
    'kdo nic neřekne ani nestiskne, nemá vlastní cestu',
  ],
  [
    ['noMatch', 'invalid'],
    'menu-without-wrong-input-way',
    'wrong input has no way of its own',
    'chybné zadání nemá vlastní cestu',
  ],
];

/** Nodes that ask the caller have a way for silence and one for wrong input, and no key means two things. */
export const asking: Rule = ({ document: { fault }, nodes, reached }) =>
  [...nodes.values()]
    .filter(({ id, spec }) => spec.waits === 'caller' && reached.has(id))
    .flatMap((viewed) => [...missingWays(viewed, fault), ...overlaps(viewed)]);

/** Whether a node's outcome is judged here and not as any other outcome without an edge. */
export const isAskingOutcome = ({ spec }: ViewedNode, outcome: string): boolean =>
  spec.waits === 'caller' && ways.some(([outcomes]) => outcomes.includes(outcome));

function missingWays({ id, node, outcomes }: ViewedNode, fault: string | undefined): Problem[] {
  const elsewhere =
    fault === undefined
      ? ["gets the number's degraded plan", 'dostane nouzový plán čísla']
      : [`goes to ${fault}, as where something fails`, `jde do ${fault}, jako při poruše`];
  return ways.flatMap(([names, code, en, cs]) =>
    outcomes
      .filter((outcome) => names.includes(outcome) && node.edges?.[outcome] === undefined)
      .map((outcome) =>
        problem(
          code,
          { nodeId: id, outcome, at: pointer('nodes', id, 'edges') },
          `${en}: draw an edge from ${outcome}, or the caller ${elsewhere[0]}`,
          `${cs}: nakreslete výsledek ${outcome}, jinak volající ${elsewhere[1]}`,
        ),
      ),
  );
}

/** Two options with the same digits, or one whose digits begin another's: what the caller presses would be unclear. */
function overlaps({ id, node }: ViewedNode): Problem[] {
  const list = node.type === 'language' ? 'choices' : 'options';
  const options: unknown = Reflect.get(node, list);
  if (typeof options !== 'object' || options === null) return [];
  const keys = Object.entries(options).flatMap(([name, option]: [string, unknown]) => {
    const digits: unknown = typeof option === 'object' && option !== null ? Reflect.get(option, 'digit') : undefined;
    return typeof digits === 'string' && digits !== '' ? [{ name, digits }] : [];
  });
  return keys.flatMap(({ name, digits }, index) => {
    const other = keys.slice(0, index).find((each) => each.digits.startsWith(digits) || digits.startsWith(each.digits));
    if (!other) return [];
    const at = pointer('nodes', id, list, name);
    return [
      problem(
        'overlapping-digits',
        { nodeId: id, at },
        digits === other.digits
          ? `the key ${digits} is another option's as well`
          : `the keys ${digits} and those of another option, ${other.digits}, begin alike: it would not be known which is meant`,
        digits === other.digits
          ? `klávesu ${digits} má už jiná volba`
          : `klávesy ${digits} a klávesy jiné volby, ${other.digits}, začínají stejně: nebylo by jasné, co volající chce`,
      ),
    ];
  });
}
