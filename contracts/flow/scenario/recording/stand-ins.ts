/**
 * What stands in a recorded scenario for what a caller said, typed or is reached at: something made up of the same shape,
 * the same for the same everywhere. What the flow itself names is the tenant's word, not the caller's, and stays.
 */
import type { Json } from '../../../tools.ts';
import { isObject } from '../../bounds.ts';
import type { CompiledFlow } from '../../compiled.ts';
import { countryOfNumber } from '../../conditions/phone-prefixes.ts';
import { toE164 } from '../../phone-number.ts';
import { isList } from '../../variables.ts';

export interface StandIns {
  /** Of digits that were typed; those that count for the flow's way `fit`. */
  digits: (typed: string, fits?: (digits: string) => boolean) => string;
  words: (said: string) => string;
  /** Of a phone number. */
  number: (e164: string) => string;
  /** Of what a tool or an assistant has told: text, numbers that are long enough to name somebody, and all within. */
  json: (value: Json) => Json;
}

const letters = 'abcdefghijklmnoprstuvz';
/** Longer numbers may name a person, an order or an account. */
const maxPlainDigits = 5;

export function createStandIns(flow: CompiledFlow): StandIns {
  const own = namedBy(flow);
  const bounds = [...own].map(Number).filter(Number.isFinite);
  /** Whether two numbers are on the same side of every number that the flow asks for. */
  const isAlike = (one: string, other: string): boolean =>
    !other.startsWith('0') &&
    bounds.every((bound) => Math.sign(Number(one) - bound) === Math.sign(Number(other) - bound));
  const given = new Map<string, string>();
  const once = (kind: string, real: string, make: (count: number) => string): string => {
    if (own.has(real)) return real;
    const key = `${kind} ${real}`;
    const known = given.get(key) ?? make(given.size + 1);
    given.set(key, known);
    return known;
  };

  const digits: StandIns['digits'] = (typed, fits = () => true) =>
    once('digits', typed, (count) => {
      for (let turn = count; turn < count + 400; turn++) {
        const other = typed.replaceAll(/\d/g, (digit, at: number) => String((Number(digit) + turn + at * 3) % 10));
        if (other !== typed && fits(other)) return other;
      }
      return typed.replaceAll(/\d/g, '1');
    });
  const number: StandIns['number'] = (e164) =>
    isE164(e164) ? once('number', e164, (count) => madeUpNumber(e164, count, [...own])) : e164;
  const words: StandIns['words'] = (said) =>
    once('words', said, (count) =>
      said.replaceAll(/\p{L}|\d/gu, (character, at: number) => {
        if (/\d/.test(character)) return String((Number(character) + count) % 10);
        const letter = letters[(at + count * 5) % letters.length] ?? 'a';
        return character === character.toUpperCase() ? letter.toUpperCase() : letter;
      }),
    );
  const text = (value: string): string => {
    if (isE164(value)) return number(value);
    if (value === 'true' || value === 'false') return value;
    if (/^-?\d+(\.\d+)?$/.test(value)) return digits(value, (other) => value.startsWith('0') || isAlike(value, other));
    // A time says when, not who; a day alone may be a birthday.
    if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return value;
    return /^\d{4}-\d{2}-\d{2}$/.test(value) ? once('day', value, () => `${value.slice(0, 4)}-01-01`) : words(value);
  };
  const json: StandIns['json'] = (value) => {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number')
      return Number.isInteger(value) && Math.abs(value) >= 10 ** maxPlainDigits && !own.has(String(value))
        ? Math.sign(value) * Number(digits(String(Math.abs(value)), (other) => isAlike(String(Math.abs(value)), other)))
        : value;
    if (isList(value)) return value.map(json);
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, json(item)]))
      : value;
  };
  return { digits, words, number, json };
}

/** Every text and number in the rules of the flow and its subflows. */
function namedBy(flow: CompiledFlow): ReadonlySet<string> {
  const named = new Set<string>();
  const note = (value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') named.add(String(value));
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) note(item);
  };
  for (const { nodes } of [flow, ...Object.values(flow.subflows)])
    for (const node of Object.values(nodes)) if ('rules' in node) note(node.rules);
  return named;
}

/** A number of the same country and length that nobody has, and of the same prefixes as far as the flow asks for them. */
function madeUpNumber(e164: string, count: number, named: readonly string[]): string {
  const isLike = (other: string): boolean =>
    other !== e164 &&
    countryOfNumber(other) === countryOfNumber(e164) &&
    named.every((prefix) => !prefix.startsWith('+') || e164.startsWith(prefix) === other.startsWith(prefix));
  // For films and examples: 555-0100 to 555-0199 in any area of the North American plan, and what we made up for others.
  const reserved = [`+1202555010${count % 10}`, `+42080000000${count % 10}`];
  const shaped = Array.from({ length: Math.max(e164.length - 6, 0) }, (_, i) => {
    const kept = e164.slice(0, i + 3);
    return kept + String(count).padStart(e164.length - kept.length, '0');
  });
  return [...reserved, ...shaped].find(isLike) ?? shaped.at(-1) ?? e164.replaceAll(/\d/g, '0');
}

function isE164(text: string): boolean {
  return toE164(text) === text;
}
