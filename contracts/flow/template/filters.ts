/** The filters that templates have. All are pure, never throw, and give at most `maxLength` characters. */
import type { Json } from '../../tools.ts';
import type { Bilingual } from '../bilingual.ts';
import { isZone } from '../calendar/zone.ts';
import { isList } from '../variables.ts';
import { formatDate, unknownDirective } from './date-format.ts';
import { pluralForm, spokenCurrency, spokenDigits, spokenNumber, spokenPhone } from './spoken.ts';
import { numberFrom, textOf } from './values.ts';

export interface FilterSurroundings {
  language: string;
  timeZone: string;
  maxLength: number;
}

export interface Filter {
  /** How many arguments it takes. */
  arguments: readonly [min: number, max: number];
  /** What it does, for documentation. */
  summary: Bilingual;
  /** What is wrong with arguments that are written out; undefined stands for one that only the call knows. */
  check?: (values: readonly (Json | undefined)[]) => Bilingual | undefined;
  apply: (value: Json, values: readonly Json[], surroundings: FilterSurroundings) => Json;
}

const text = (
  en: string,
  cs: string,
  change: (value: string, values: readonly Json[], surroundings: FilterSurroundings) => Json,
  count: readonly [number, number] = [0, 0],
): Filter => ({
  arguments: count,
  summary: { en, cs },
  apply: (value, values, surroundings) => change(textOf(value, surroundings.maxLength), values, surroundings),
});

/** What is no number stays what it is with `or`, and becomes nothing without. */
const number = (
  en: string,
  cs: string,
  change: (value: number, values: readonly Json[], surroundings: FilterSurroundings) => Json,
  count: readonly [number, number] = [0, 0],
  or: (value: Json) => Json = () => null,
): Filter => ({
  arguments: count,
  summary: { en, cs },
  apply: (value, values, surroundings) => {
    const from = numberFrom(value);
    return from === undefined ? or(value) : change(from, values, surroundings);
  },
});

const arithmetic = (en: string, cs: string, change: (left: number, right: number) => number): Filter =>
  number(
    en,
    cs,
    (left, [value = null]) => {
      const right = numberFrom(value);
      const result = right === undefined ? NaN : change(left, right);
      return Number.isFinite(result) ? result : null;
    },
    [1, 1],
  );

const listed = (en: string, cs: string, read: (list: readonly Json[]) => Json): Filter => ({
  arguments: [0, 0],
  summary: { en, cs },
  apply: (value, _, { maxLength }) =>
    read(isList(value) ? value : typeof value === 'string' ? Array.from(textOf(value, maxLength)) : []),
});

const kept = (value: Json): Json => value;
const capital = (value: string): string => value.charAt(0).toUpperCase() + value.slice(1).toLowerCase();

export const filters: Readonly<Record<string, Filter>> = {
  upcase: text('In capitals', 'Velkými písmeny', (value) => value.toUpperCase()),
  downcase: text('In small letters', 'Malými písmeny', (value) => value.toLowerCase()),
  capitalize: text('First letter capital', 'První písmeno velké', capital),
  strip: text('Without space around it', 'Bez mezer na krajích', (value) => value.trim()),
  lstrip: text('Without space before it', 'Bez mezer na začátku', (value) => value.trimStart()),
  rstrip: text('Without space after it', 'Bez mezer na konci', (value) => value.trimEnd()),
  append: text(
    'With text after it',
    'S textem za',
    (value, [more = ''], { maxLength }) => value + textOf(more, maxLength),
    [1, 1],
  ),
  prepend: text(
    'With text before it',
    'S textem před',
    (value, [more = ''], { maxLength }) => textOf(more, maxLength) + value,
    [1, 1],
  ),
  replace: text('One text in place of another', 'Nahradí text jiným', replaced, [2, 2]),
  remove: text(
    'Without a text',
    'Bez daného textu',
    (value, [gone = ''], env) => replaced(value, [gone, ''], env),
    [1, 1],
  ),
  truncate: text('At most so many characters', 'Nejvýše tolik znaků', truncated, [1, 2]),
  truncatewords: text('At most so many words', 'Nejvýše tolik slov', truncatedWords, [1, 2]),
  slice: text('A part, from a position', 'Část od pozice', sliced, [1, 2]),
  default: {
    arguments: [1, 1],
    summary: { en: 'What to say in place of nothing', cs: 'Co říct místo ničeho' },
    apply: (value, [other = null]) => (isNothing(value) || value === false ? other : value),
  },
  size: {
    arguments: [0, 0],
    summary: { en: 'How many characters or items', cs: 'Počet znaků nebo položek' },
    apply: (value) => (typeof value === 'string' || isList(value) ? value.length : 0),
  },
  first: listed('First item', 'První položka', (list) => list[0] ?? null),
  last: listed('Last item', 'Poslední položka', (list) => list.at(-1) ?? null),
  join: {
    arguments: [0, 1],
    summary: { en: 'Items with text between them', cs: 'Položky spojené textem' },
    apply: (value, [between = ' '], { maxLength }) => joined(value, textOf(between, maxLength), maxLength),
  },
  plus: arithmetic('Sum', 'Součet', (left, right) => left + right),
  minus: arithmetic('Difference', 'Rozdíl', (left, right) => left - right),
  times: arithmetic('Product', 'Součin', (left, right) => left * right),
  divided_by: arithmetic('Quotient', 'Podíl', (left, right) => left / right),
  modulo: arithmetic('Remainder', 'Zbytek po dělení', (left, right) => left % right),
  at_least: arithmetic('Not less than', 'Nejméně', Math.max),
  at_most: arithmetic('Not more than', 'Nejvýše', Math.min),
  abs: number('Without its sign', 'Bez znaménka', (value) => Math.abs(value)),
  ceil: number('Rounded up', 'Zaokrouhleno nahoru', (value) => Math.ceil(value)),
  floor: number('Rounded down', 'Zaokrouhleno dolů', (value) => Math.floor(value)),
  round: number('Rounded', 'Zaokrouhleno', (value, [decimals = 0]) => rounded(value, decimals), [0, 1]),
  number: number(
    'As the language writes numbers',
    'Číslo podle zvyklostí jazyka',
    (value, [decimals], { language }) =>
      spokenNumber(value, language, decimals === undefined ? undefined : (numberFrom(decimals) ?? 0)),
    [0, 1],
    kept,
  ),
  currency: {
    ...number(
      'Amount of money, by currency code',
      'Částka podle kódu měny',
      (value, [code = ''], { language }) => spokenCurrency(value, textOf(code, 3), language),
      [1, 1],
      kept,
    ),
    check: ([code]) =>
      code === undefined || (typeof code === 'string' && /^[A-Z]{3}$/.test(code))
        ? undefined
        : {
            en: 'a currency has a code of three capitals such as CZK',
            cs: 'měna má kód ze tří velkých písmen jako CZK',
          },
  },
  digits: text('Digits and letters one by one', 'Číslice a písmena po jednom', spokenDigits),
  phone: {
    ...text(
      'Telephone number in groups',
      'Telefonní číslo po skupinách',
      (value, [form]) => spokenPhone(value, typeof form === 'string' ? form : undefined),
      [0, 1],
    ),
    check: ([form]) =>
      form === undefined || form === 'national'
        ? undefined
        : { en: 'it takes "national" or nothing', cs: 'bere „national“ nebo nic' },
  },
  plural: {
    ...number(
      'The form of a word that goes with the number',
      'Tvar slova, který patří k číslu',
      (value, forms, { maxLength }) =>
        pluralForm(
          value,
          forms.map((form) => textOf(form, maxLength)),
        ),
      [2, 4],
    ),
  },
  date: {
    arguments: [1, 3],
    summary: {
      en: 'A time in words: format or style, zone, language',
      cs: 'Čas slovy: formát nebo styl, pásmo, jazyk',
    },
    check: dateProblem,
    apply: (value, [format = '', zone, language], surroundings) =>
      formatDate(
        value,
        textOf(format, 200),
        typeof zone === 'string' ? zone : surroundings.timeZone,
        typeof language === 'string' ? language : surroundings.language,
      ) ?? null,
  },
};

export const filterOf = (name: string): Filter | undefined =>
  Object.hasOwn(filters, name) ? filters[name] : undefined;

export const isNothing = (value: Json): boolean =>
  value === null || value === '' || (isList(value) && value.length === 0);

function dateProblem([format, zone, language]: readonly (Json | undefined)[]): Bilingual | undefined {
  const directive = typeof format === 'string' ? unknownDirective(format) : undefined;
  if (directive !== undefined)
    return { en: `${directive} is not known in a date's format`, cs: `${directive} není ve formátu data známo` };
  if (zone !== undefined && !(typeof zone === 'string' && isZone(zone)))
    return { en: `there is no time zone ${textOf(zone, 100)}`, cs: `časové pásmo ${textOf(zone, 100)} neexistuje` };
  if (language !== undefined && !(typeof language === 'string' && /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(language)))
    return { en: 'the language must be a tag such as cs-CZ', cs: 'jazyk musí být značka jako cs-CZ' };
  return undefined;
}

function replaced(value: string, [from = '', to = '']: readonly Json[], { maxLength }: FilterSurroundings): string {
  const wanted = textOf(from, maxLength);
  const other = textOf(to, maxLength);
  if (wanted === '') return value;
  let result = '';
  let at = 0;
  for (let found = value.indexOf(wanted); found >= 0 && result.length < maxLength; found = value.indexOf(wanted, at)) {
    result += value.slice(at, found) + other;
    at = found + wanted.length;
  }
  return result + value.slice(at);
}

function truncated(
  value: string,
  [length = 50, ellipsis = '...']: readonly Json[],
  { maxLength }: FilterSurroundings,
): string {
  const characters = Array.from(value);
  const end = textOf(ellipsis, maxLength);
  const limit = Math.max(0, Math.trunc(numberFrom(length) ?? 50));
  if (characters.length <= limit) return value;
  return characters.slice(0, Math.max(0, limit - end.length)).join('') + end;
}

function truncatedWords(
  value: string,
  [count = 15, ellipsis = '...']: readonly Json[],
  { maxLength }: FilterSurroundings,
): string {
  const words = value.split(/\s+/).filter((word) => word !== '');
  const limit = Math.max(1, Math.trunc(numberFrom(count) ?? 15));
  return words.slice(0, limit).join(' ') + (words.length > limit ? textOf(ellipsis, maxLength) : '');
}

function sliced(value: string, [from = 0, length = 1]: readonly Json[]): string {
  const start = Math.trunc(numberFrom(from) ?? 0);
  const begin = start < 0 ? Math.max(value.length + start, 0) : start;
  return value.slice(begin, begin + Math.max(0, Math.trunc(numberFrom(length) ?? 1)));
}

function joined(value: Json, between: string, maxLength: number): string {
  if (!isList(value)) return textOf(value, maxLength);
  let result = '';
  for (const [index, item] of value.entries()) {
    if (result.length >= maxLength) break;
    result += (index === 0 ? '' : between) + textOf(item, maxLength);
  }
  return result;
}

function rounded(value: number, decimals: Json): number {
  const scale = 10 ** Math.min(Math.max(Math.trunc(numberFrom(decimals) ?? 0), 0), 10);
  const result = Math.round(value * scale) / scale;
  return Number.isFinite(result) ? result : value;
}
