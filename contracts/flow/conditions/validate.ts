import type { Bilingual } from '../bilingual.ts';
import type { VariableType } from '../variables.ts';
import type { Comparison, Condition } from './condition.ts';
import { instantOf } from './instant.ts';
import { maxComparisons, maxConditionDepth } from './limits.ts';
import { operatorTypes } from './operators.ts';
import { compilePattern } from './pattern.ts';
import { hasPrefix } from './phone-prefixes.ts';

export interface ConditionProblem {
  code:
    | 'unknown-variable'
    | 'operator-does-not-fit'
    | 'value-does-not-fit'
    | 'bad-pattern'
    | 'bad-instant'
    | 'bad-prefix'
    | 'reversed-bounds'
    | 'too-deep'
    | 'too-long';
  /** JSON pointer inside the condition; empty where it is the whole. */
  at: string;
  /** The variable it is about, where it is about one. */
  variable?: string;
  message: Bilingual;
}

/** What a condition's schema cannot say: types, patterns, instants, prefixes, how deep and how long it is. */
export function validateCondition(
  condition: Condition,
  typeOf: (path: string) => VariableType | undefined,
): ConditionProblem[] {
  const problems: ConditionProblem[] = [];
  let comparisons = 0;
  walk(condition, '', 0);
  if (comparisons > maxComparisons)
    problems.push({
      code: 'too-long',
      at: '',
      message: {
        en: `it compares ${comparisons} times; ${maxComparisons} are allowed`,
        cs: `porovnává ${comparisons}krát; dovoleno je ${maxComparisons}`,
      },
    });
  return problems;

  function walk(part: Condition, at: string, depth: number): void {
    if (depth > maxConditionDepth) {
      const message = {
        en: `it is nested more than ${maxConditionDepth} deep`,
        cs: `je vnořená hlouběji než ${maxConditionDepth} úrovní`,
      };
      problems.push({ code: 'too-deep', at, message });
    } else if ('all' in part) part.all.forEach((each, index) => walk(each, `${at}/all/${index}`, depth + 1));
    else if ('any' in part) part.any.forEach((each, index) => walk(each, `${at}/any/${index}`, depth + 1));
    else if ('not' in part) walk(part.not, `${at}/not`, depth + 1);
    else {
      comparisons++;
      problems.push(...comparisonProblems(part, at, typeOf(part.variable)));
    }
  }
}

/** All variables that a condition reads. */
export function variablesOfCondition(condition: Condition): readonly string[] {
  const paths = new Set<string>();
  const open: Condition[] = [condition];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if ('all' in part) open.push(...part.all);
    else if ('any' in part) open.push(...part.any);
    else if ('not' in part) open.push(part.not);
    else paths.add(part.variable);
  }
  return [...paths];
}

function comparisonProblems(comparison: Comparison, at: string, type: VariableType | undefined): ConditionProblem[] {
  const { variable, operator } = comparison;
  const problem = (code: ConditionProblem['code'], en: string, cs: string): ConditionProblem[] => [
    { code, at, variable, message: { en, cs } },
  ];
  if (type === undefined)
    return problem('unknown-variable', `there is no variable ${variable}`, `proměnná ${variable} neexistuje`);
  const types = operatorTypes[operator];
  if (type !== 'json' && !types.includes(type))
    return problem(
      'operator-does-not-fit',
      `${operator} does not fit ${variable}, which is of type ${type}; it is for ${types.join(', ')}`,
      `${operator} se nehodí pro ${variable} typu ${type}; je pro ${types.join(', ')}`,
    );
  const misfit = valuesOf(comparison).find((value) => !fits(value, type));
  if (misfit !== undefined)
    return problem(
      'value-does-not-fit',
      `${variable} is of type ${type} and can never be ${JSON.stringify(misfit)}`,
      `${variable} je typu ${type} a nikdy nemůže být ${JSON.stringify(misfit)}`,
    );
  return valueProblems(comparison, type, problem);
}

type Complain = (code: ConditionProblem['code'], en: string, cs: string) => ConditionProblem[];

function valueProblems(comparison: Comparison, type: VariableType, problem: Complain): ConditionProblem[] {
  switch (comparison.operator) {
    case 'matches':
      return patternProblems(comparison.value, problem);
    case 'before':
    case 'after':
      return instantProblems([comparison.value], problem);
    case 'between':
      return betweenProblems(comparison.value, type, problem);
    case 'inPrefix': {
      const bad = comparison.value.find((prefix) => !/^\+\d{1,15}$/.test(prefix) && !hasPrefix(prefix));
      if (bad === undefined) return [];
      return problem(
        'bad-prefix',
        `"${bad}" is neither a prefix such as +420 nor a country such as CZ`,
        `„${bad}“ není předvolba jako +420 ani země jako CZ`,
      );
    }
    default:
      return [];
  }
}

function patternProblems(source: string, problem: Complain): ConditionProblem[] {
  const compiled = compilePattern(source);
  if ('pattern' in compiled) return [];
  const { en, cs } = compiled.problem;
  return problem('bad-pattern', `the pattern cannot be used: ${en}`, `vzor nelze použít: ${cs}`);
}

function instantProblems(values: readonly string[], problem: Complain): ConditionProblem[] {
  const bad = values.find((value) => instantOf(value) === undefined);
  if (bad === undefined) return [];
  return problem(
    'bad-instant',
    `"${bad}" is no time with offset such as 2027-01-31T17:00:00+01:00`,
    `„${bad}“ není čas s posunem jako 2027-01-31T17:00:00+01:00`,
  );
}

function betweenProblems(
  [from, to]: readonly [number, number] | readonly [string, string],
  type: VariableType,
  problem: Complain,
): ConditionProblem[] {
  if (typeof from === 'string' && typeof to === 'string') {
    const bad = instantProblems([from, to], problem);
    if (bad.length > 0) return bad;
  }
  if (type !== 'json' && (type === 'time') !== (typeof from === 'string'))
    return problem('value-does-not-fit', `the bounds do not fit the type ${type}`, `meze neodpovídají typu ${type}`);
  const [low, high] = [instantOf(from) ?? 0, instantOf(to) ?? 0];
  return low > high
    ? problem('reversed-bounds', 'the lower bound is above the upper one', 'dolní mez je nad horní')
    : [];
}

/** The values that a variable is compared with for being the same. */
function valuesOf(comparison: Comparison): readonly (string | number | boolean)[] {
  if (comparison.operator === 'equals' || comparison.operator === 'notEquals') return [comparison.value];
  return comparison.operator === 'in' ? comparison.value : [];
}

function fits(value: string | number | boolean, type: VariableType): boolean {
  switch (type) {
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'text':
      return typeof value !== 'boolean';
    case 'phone':
      return typeof value === 'string' && /^\+\d{3,15}$/.test(value);
    case 'time':
    case 'list':
    case 'json':
      return true;
  }
}
