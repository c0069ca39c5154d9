import type { Json } from '../../tools.ts';
import { offsetMs } from '../calendar/zone.ts';
import { instantOf } from '../conditions/instant.ts';
import { dateStyles, type Locale, localeOf } from './locale.ts';

/** The directives of `strftime` that speaking needs; `-` leaves out a leading zero. */
const directive = /%(-?)([a-zA-Z%])/g;
const known = 'YymdeBbAaHIMSpP%';

/** The first directive that is not known, with its percent sign. */
export function unknownDirective(format: string): string | undefined {
  for (const [whole, , letter = ''] of format.matchAll(directive)) if (!known.includes(letter)) return whole;
  return undefined;
}

/** A moment in words. Takes an instant, milliseconds, or a date alone, which has no zone; undefined for anything else. */
export function formatDate(
  value: Json | undefined,
  format: string,
  timeZone: string,
  language: string,
): string | undefined {
  const localMs = localTimeOf(value, timeZone);
  if (localMs === undefined) return undefined;
  const locale = localeOf(language);
  const style = dateStyles.find((name) => name === format);
  const moment = new Date(localMs);
  return (style === undefined ? format : locale.formats[style]).replaceAll(
    directive,
    (whole, short: string, letter: string) => partOf(moment, letter, short === '-', locale) ?? whole,
  );
}

function localTimeOf(value: Json | undefined, timeZone: string): number | undefined {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return finite(Date.parse(value));
  const atMs = instantOf(value);
  return atMs === undefined ? undefined : finite(atMs + offsetMs(timeZone, atMs));
}

const lastMs = 8.64e15;
const finite = (ms: number): number | undefined => (Math.abs(ms) <= lastMs ? ms : undefined);

function partOf(moment: Date, letter: string, isShort: boolean, { months, weekdays }: Locale): string | undefined {
  const padded = (value: number): string => (isShort ? String(value) : String(value).padStart(2, '0'));
  const hour = moment.getUTCHours();
  const month = months[moment.getUTCMonth()] ?? '';
  const weekday = weekdays[moment.getUTCDay()] ?? '';
  switch (letter) {
    case 'Y':
      return String(moment.getUTCFullYear());
    case 'y':
      return padded(moment.getUTCFullYear() % 100);
    case 'm':
      return padded(moment.getUTCMonth() + 1);
    case 'd':
      return padded(moment.getUTCDate());
    case 'e':
      return String(moment.getUTCDate());
    case 'B':
      return month;
    case 'b':
      return month.slice(0, 3);
    case 'A':
      return weekday;
    case 'a':
      return weekday.slice(0, 3);
    case 'H':
      return padded(hour);
    case 'I':
      return padded(hour % 12 || 12);
    case 'M':
      return padded(moment.getUTCMinutes());
    case 'S':
      return padded(moment.getUTCSeconds());
    case 'p':
      return hour < 12 ? 'AM' : 'PM';
    case 'P':
      return hour < 12 ? 'am' : 'pm';
    case '%':
      return '%';
    default:
      return undefined;
  }
}
