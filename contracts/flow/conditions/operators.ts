import type { Json } from '../../tools.ts';
import { isList, type VariableType } from '../variables.ts';
import type { Comparison, Operator } from './condition.ts';
import { instantOf } from './instant.ts';
import { compilePattern, matchesPattern, type Pattern } from './pattern.ts';
import { countryOfNumber } from './phone-prefixes.ts';

/** The types of variables that an operator can be put to; `json` takes any, what it holds shows when the call is there. */
export const operatorTypes: Readonly<Record<Operator, readonly VariableType[]>> = {
  equals: ['text', 'number', 'boolean', 'phone'],
  notEquals: ['text', 'number', 'boolean', 'phone'],
  in: ['text', 'number', 'phone'],
  contains: ['text', 'list'],
  startsWith: ['text', 'phone'],
  matches: ['text', 'phone'],
  lessThan: ['number'],
  greaterThan: ['number'],
  between: ['number', 'time'],
  isEmpty: ['text', 'number', 'boolean', 'time', 'phone', 'list'],
  isTrue: ['boolean'],
  before: ['time'],
  after: ['time'],
  inPrefix: ['phone'],
};

/** How a decision reads: the words between the variable and the value. */
export const operatorWords: Readonly<Record<Operator, readonly [holds: string, holdsNot: string]>> = {
  equals: ['equals', 'does not equal'],
  notEquals: ['differs from', 'does not differ from'],
  in: ['is one of', 'is none of'],
  contains: ['contains', 'does not contain'],
  startsWith: ['starts with', 'does not start with'],
  matches: ['matches', 'does not match'],
  lessThan: ['is less than', 'is not less than'],
  greaterThan: ['is greater than', 'is not greater than'],
  between: ['is between', 'is not between'],
  isEmpty: ['is empty', 'is not empty'],
  isTrue: ['is true', 'is not true'],
  before: ['is before', 'is not before'],
  after: ['is after', 'is not after'],
  inPrefix: ['is a number of', 'is no number of'],
};

/** Whether the comparison holds for a value. A value of a type that does not fit compares as false. */
export function holdsFor(comparison: Comparison, actual: Json | undefined): boolean {
  switch (comparison.operator) {
    case 'equals':
      return isSame(actual, comparison.value);
    case 'notEquals':
      return !isSame(actual, comparison.value);
    case 'in':
      return comparison.value.some((each) => isSame(actual, each));
    case 'contains': {
      const wanted = comparison.value;
      return isList(actual)
        ? actual.some((each) => isSame(each, wanted))
        : isText(actual) && folded(actual).includes(folded(wanted));
    }
    case 'startsWith':
      return isText(actual) && folded(actual).startsWith(folded(comparison.value));
    case 'matches':
      return isText(actual) && matchesSource(comparison.value, String(actual));
    case 'lessThan':
      return (numberOf(actual) ?? NaN) < comparison.value;
    case 'greaterThan':
      return (numberOf(actual) ?? NaN) > comparison.value;
    case 'between':
      return isBetween(actual, comparison.value);
    case 'isEmpty':
      return isEmpty(actual);
    case 'isTrue':
      return actual === true || actual === 'true';
    case 'before':
      return (instantOf(actual) ?? NaN) < (instantOf(comparison.value) ?? NaN);
    case 'after':
      return (instantOf(actual) ?? NaN) > (instantOf(comparison.value) ?? NaN);
    case 'inPrefix':
      return typeof actual === 'string' && hasOneOf(actual, comparison.value);
  }
}

const isText = (value: Json | undefined): value is string | number =>
  typeof value === 'string' || typeof value === 'number';
const folded = (value: string | number | boolean): string => String(value).toLowerCase();

function isSame(actual: Json | undefined, wanted: string | number | boolean): boolean {
  if (typeof actual === 'number' || typeof wanted === 'number') {
    const left = numberOf(actual);
    return left !== undefined && left === numberOf(wanted);
  }
  if (typeof actual === 'string' || typeof actual === 'boolean') return folded(actual) === folded(wanted);
  return false;
}

/** Digits that a caller pressed arrive as text. */
function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : undefined;
}

function isBetween(actual: Json | undefined, [from, to]: readonly [Json, Json]): boolean {
  const read = typeof from === 'number' ? numberOf : instantOf;
  const [value, low, high] = [read(actual), read(from), read(to)];
  return value !== undefined && low !== undefined && high !== undefined && value >= low && value <= high;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function hasOneOf(number: string, prefixes: readonly string[]): boolean {
  const country = countryOfNumber(number);
  return prefixes.some((prefix) => (prefix.startsWith('+') ? number.startsWith(prefix) : prefix === country));
}

const patterns = new Map<string, Pattern | undefined>();
const maxPatterns = 200;

/** A pattern that does not compile matches nothing: publishing has refused it before. */
function matchesSource(source: string, text: string): boolean {
  if (!patterns.has(source)) {
    if (patterns.size >= maxPatterns) patterns.clear();
    const compiled = compilePattern(source);
    patterns.set(source, 'pattern' in compiled ? compiled.pattern : undefined);
  }
  const pattern = patterns.get(source);
  return pattern !== undefined && matchesPattern(pattern, text);
}
