/** Numbers as a voice should say them. */
import { callingCodeOf } from '../conditions/phone-prefixes.ts';
import { localeOf } from './locale.ts';

const maxDecimals = 10;

/** `1234.5` -> `1 234,5` in Czech, `1,234.5` in English; with `decimals` exactly so many. */
export function spokenNumber(value: number, language: string, decimals?: number): string {
  const { decimalPoint, groupSeparator } = localeOf(language);
  const plain = decimals === undefined ? String(Math.abs(value)) : fixed(Math.abs(value), decimals);
  if (!/^\d+(\.\d+)?$/.test(plain)) return String(value); // 1e21 and above
  const [whole = '', fraction] = plain.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, groupSeparator);
  const sign = value < 0 && /[1-9]/.test(plain) ? '-' : '';
  return sign + grouped + (fraction === undefined ? '' : decimalPoint + fraction);
}

function fixed(value: number, decimals: number): string {
  return value.toFixed(Math.min(Math.max(Math.trunc(decimals), 0), maxDecimals));
}

const symbols: Readonly<Record<string, string>> = { CZK: 'Kč', EUR: '€', USD: '$', GBP: '£', PLN: 'zł' };

/** `1234.5`, `CZK` -> `1 234,50 Kč` in Czech, `Kč 1,234.50` in English; whole amounts without decimals. */
export function spokenCurrency(value: number, currency: string, language: string): string {
  const symbol = (Object.hasOwn(symbols, currency) ? symbols[currency] : undefined) ?? currency;
  const sign = value < 0 ? '-' : '';
  const amount = spokenNumber(Math.abs(value), language, Number.isInteger(value) ? 0 : 2);
  if (!localeOf(language).currencyComesFirst) return `${sign}${amount}\u00A0${symbol}`;
  return sign + symbol + (/\p{L}/u.test(symbol) ? '\u00A0' : '') + amount;
}

/** `4711` -> `4 7 1 1`; letters too, anything else is left out. */
export function spokenDigits(text: string): string {
  return (text.match(/[\p{L}\p{N}]/gu) ?? []).join(' ');
}

/** `+420777123456` -> `+420 777 123 456`; `national` leaves out the country. What is no number stays as it is. */
export function spokenPhone(text: string, form?: string): string {
  const compact = text.replaceAll(/[\s()./-]/g, '');
  if (!/^\+?\d{2,20}$/.test(compact)) return text;
  const code = callingCodeOf(compact);
  const national = code === undefined ? compact.replace('+', '') : compact.slice(1 + code.length);
  const groups = inGroups(national, code === '1' && national.length === 10 ? [3, 3, 4] : groupLengths(national.length));
  if (code === undefined || form === 'national') return groups;
  return `+${code} ${groups}`;
}

/** Threes, with twos where a lone digit would be left. */
function groupLengths(length: number): readonly number[] {
  const rest = length % 3;
  const twos = rest === 0 ? 0 : rest === 2 ? 1 : Math.min(2, Math.floor(length / 2));
  const threes = (length - 2 * twos) / 3;
  return [...Array.from({ length: Math.floor(threes) }, () => 3), ...Array.from({ length: twos }, () => 2)];
}

function inGroups(digits: string, lengths: readonly number[]): string {
  let at = 0;
  const groups = lengths.map((length) => digits.slice(at, (at += length)));
  return groups.join(' ');
}

/**
 * The form of a word that goes with a number. Two forms are English (one call, two calls); three are Czech (1 hovor,
 * 2 hovory, 5 hovorů); a fourth goes with fractions (1,5 hovoru).
 */
export function pluralForm(value: number, forms: readonly string[]): string {
  const [one = '', few = '', many = few, fraction = many] = forms;
  const size = Math.abs(value);
  if (forms.length === 2) return size === 1 ? one : few;
  if (!Number.isInteger(size)) return fraction;
  return size === 1 ? one : size >= 2 && size <= 4 ? few : many;
}
