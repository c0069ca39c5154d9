/** Values on their way into and out of SQL. */
import { AppError } from '../contracts/errors.ts';

/** Text that Postgres takes: it refuses NUL and lone surrogates, which a model or a tool may well send. */
export const cleanText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** JSON for a `?::jsonb` parameter. */
export function toJsonb(value: unknown): string {
  // What would have to be cleaned is escaped in the text, which is searched sooner than every field of the value.
  const text = JSON.stringify(value);
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return cleanText(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, field]) => [cleanText(name), field]));
  });
}

/** The same of what people wrote: what Postgres would not take as it stands is refused by `document-invalid`, not mended. */
export function toExactJsonb(value: unknown, what: string): string {
  const text = toJsonb(value);
  if (text === JSON.stringify(value)) return text;
  throw new AppError('document-invalid', `${what} holds a character that cannot be stored: NUL, or half of a pair`);
}

/** A `timestamptz` parameter that is bound to milliseconds since 1970, or to null. */
export const fromMs = 'to_timestamp(?::float8 / 1000)';

/** A `timestamptz` column as milliseconds since 1970. */
export const asMs = (column: string): string => `round(extract(epoch from ${column}) * 1000)::float8`;

/** An integer that survives both JavaScript and a `bigint` column. */
export function wholeNumber(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${what} is no whole number: ${value}`);
  return value;
}
