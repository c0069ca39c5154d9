import type { Json } from '../../tools.ts';
import type { Lookup } from '../variables.ts';
import type { Comparison, Condition } from './condition.ts';
import { maxConditionDepth } from './limits.ts';
import { holdsFor, operatorWords } from './operators.ts';

const mask = '•••';
const maxShownLength = 40;
const maxSentenceLength = 300;

export interface Verdict {
  holds: boolean;
  /** What was compared, in one sentence for the ledger; what is sensitive is masked. */
  because: string;
}

/** Judges a condition. Never throws; a variable without a value is empty, equals nothing and compares as false. */
export function evaluate(
  condition: Condition,
  lookup: Lookup,
  isSensitive: (path: string) => boolean = () => false,
): Verdict {
  const { holds, because } = judge(condition, { lookup, isSensitive }, 0);
  return { holds, because: shortened(because, maxSentenceLength) };
}

interface Known {
  lookup: Lookup;
  isSensitive: (path: string) => boolean;
}

function judge(condition: Condition, known: Known, depth: number): Verdict {
  if (depth > maxConditionDepth)
    return { holds: false, because: `nested more than ${maxConditionDepth} deep, which counts as false` };
  if ('all' in condition) return judgeMany(condition.all, known, depth, false);
  if ('any' in condition) return judgeMany(condition.any, known, depth, true);
  if ('not' in condition) {
    const { holds, because } = judge(condition.not, known, depth + 1);
    return { holds: !holds, because };
  }
  return compare(condition, known);
}

/** The first part that decides is the reason; where none does, all are. */
function judgeMany(parts: readonly Condition[], known: Known, depth: number, decisive: boolean): Verdict {
  const reasons: string[] = [];
  for (const part of parts) {
    const { holds, because } = judge(part, known, depth + 1);
    if (holds === decisive) return { holds, because };
    if (reasons.length < 5) reasons.push(because);
  }
  return { holds: !decisive, because: reasons.join(' and ') };
}

function compare(comparison: Comparison, { lookup, isSensitive }: Known): Verdict {
  const { variable, operator } = comparison;
  const actual = lookup(variable);
  const holds = holdsFor(comparison, actual);
  const words = operatorWords[operator][holds ? 0 : 1];
  const hidden = isSensitive(variable);
  const wanted = 'value' in comparison ? ` ${hidden ? mask : wantedWords(comparison.value)}` : '';
  return { holds, because: `${variable} (${actualWords(actual, hidden)}) ${words}${wanted}` };
}

function actualWords(actual: Json | undefined, hidden: boolean): string {
  if (actual === undefined || actual === null) return 'no value';
  return hidden ? mask : shown(actual);
}

function wantedWords(value: Json): string {
  return Array.isArray(value) ? shortened(value.map(shown).join(', '), 2 * maxShownLength) : shown(value);
}

function shown(value: Json): string {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return shortened(typeof value === 'string' ? `"${value}"` : String(value), maxShownLength);
}

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
