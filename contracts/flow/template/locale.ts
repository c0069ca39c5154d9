/**
 * What speaking numbers and dates needs to know of a language. Czech and English stand here, so that the same call says
 * the same words wherever it runs; other languages are asked of `Intl`.
 */
export interface Locale {
  months: readonly string[];
  /** From Sunday. */
  weekdays: readonly string[];
  decimalPoint: string;
  groupSeparator: string;
  currencyComesFirst: boolean;
  /** `strftime` formats by name. */
  formats: Readonly<Record<DateStyle, string>>;
}

export const dateStyles = ['date', 'day', 'time', 'datetime', 'weekday'] as const;
export type DateStyle = (typeof dateStyles)[number];

const english: Locale = {
  months: 'January February March April May June July August September October November December'.split(' '),
  weekdays: 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' '),
  decimalPoint: '.',
  groupSeparator: ',',
  currencyComesFirst: true,
  formats: {
    date: '%-d %B %Y',
    day: '%A, %-d %B',
    time: '%-I:%M %p',
    datetime: '%-d %B %Y, %-I:%M %p',
    weekday: '%A',
  },
};
const american: Locale = {
  ...english,
  formats: { ...english.formats, date: '%B %-d, %Y', day: '%A, %B %-d', datetime: '%B %-d, %Y, %-I:%M %p' },
};
const czech: Locale = {
  months: 'ledna února března dubna května června července srpna září října listopadu prosince'.split(' '),
  weekdays: 'neděle pondělí úterý středa čtvrtek pátek sobota'.split(' '),
  decimalPoint: ',',
  groupSeparator: '\u00A0',
  currencyComesFirst: false,
  formats: {
    date: '%-d. %B %Y',
    day: '%A %-d. %B',
    time: '%-H:%M',
    datetime: '%-d. %B %Y %-H:%M',
    weekday: '%A',
  },
};

const asked = new Map<string, Locale>();
const maxAsked = 50;

export function localeOf(language: string): Locale {
  if (language === 'en-US') return american;
  const primary = language.split('-')[0];
  if (primary === 'en') return english;
  if (primary === 'cs') return czech;
  const known = asked.get(language);
  if (known) return known;
  if (asked.size >= maxAsked) asked.clear();
  const locale = askIntl(language);
  asked.set(language, locale);
  return locale;
}

/** English where `Intl` does not know the language or cannot read its tag. */
function askIntl(language: string): Locale {
  try {
    const numbers = new Intl.NumberFormat(language, { numberingSystem: 'latn' }).formatToParts(1_234_567.5);
    const part = (type: string): string | undefined => numbers.find((each) => each.type === type)?.value;
    const money = new Intl.NumberFormat(language, { style: 'currency', currency: 'EUR' }).formatToParts(1);
    const name = (options: Intl.DateTimeFormatOptions, month: number, day: number): string => {
      const parts = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC', calendar: 'gregory' });
      const wanted = options.month ? 'month' : 'weekday';
      return parts.formatToParts(Date.UTC(2023, month, day)).find(({ type }) => type === wanted)?.value ?? '';
    };
    return {
      months: english.months.map((_, month) => name({ month: 'long', day: 'numeric' }, month, 1)),
      weekdays: english.weekdays.map((_, day) => name({ weekday: 'long' }, 0, 1 + day)),
      decimalPoint: part('decimal') ?? '.',
      groupSeparator: part('group') ?? '\u00A0',
      currencyComesFirst: money[0]?.type === 'currency',
      formats: { ...czech.formats, date: '%-d %B %Y', day: '%A %-d %B', time: '%H:%M', datetime: '%-d %B %Y %H:%M' },
    };
  } catch {
    return english;
  }
}
