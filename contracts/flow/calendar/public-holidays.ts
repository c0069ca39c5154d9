/** Public holidays by the laws of a country, for any year: a calendar that names the country never runs out of them. */
import type { CalendarException, PublicHolidays } from './calendar.ts';
import { type Holiday, type HolidayRule, holidayRules } from './holiday-rules.ts';

export type HolidayCountry = keyof typeof holidayRules;

export const isHolidayCountry = (country: string): country is HolidayCountry => Object.hasOwn(holidayRules, country);

/** The countries whose holidays are known, with the regions that differ from the whole. */
export function holidayCountries(): readonly { country: HolidayCountry; regions: readonly string[] }[] {
  return Object.keys(holidayRules)
    .filter(isHolidayCountry)
    .map((country) => ({
      country,
      regions: [...new Set(rulesOf(country).flatMap(({ regions = [] }) => regions))].toSorted(),
    }));
}

/** What an `hours` node's outcome is called on public holidays unless the calendar says otherwise. */
export const holidayName = 'holiday';

/**
 * The days off of one year as closed exceptions, in order; all share one name and differ in their labels. Without a region
 * those of the whole country; of a country that is not known, none.
 */
export function publicHolidays(
  { country, region, name = holidayName }: PublicHolidays,
  year: number,
): readonly CalendarException[] {
  if (!isHolidayCountry(country)) return [];
  // The substitute of a New Year's Day may fall into the year before.
  return [year, year + 1]
    .flatMap((each) => daysOff(rulesOf(country), each, region))
    .filter(({ day }) => day >= dayNumber(year, 1, 1) && day < dayNumber(year + 1, 1, 1))
    .toSorted((one, other) => one.day - other.day)
    .map(({ day, names }) => ({ name, label: { ...names }, from: dateOf(day), hours: 'closed' as const }));
}

interface DayOff {
  day: number;
  names: Readonly<Record<string, string>>;
}

function daysOff(rules: readonly Holiday[], year: number, region?: string): readonly DayOff[] {
  const days = rules
    .filter((holiday) => isKept(holiday, year, region))
    .flatMap((holiday) => {
      const day = dayIn(year, holiday);
      return day === undefined ? [] : [{ day, holiday }];
    });
  const taken = new Set(days.map(({ day }) => day));
  return days.flatMap(({ day, holiday: { names, substitute } }) => {
    const other = substituteOf(day, substitute, taken);
    if (other === undefined) return [{ day, names }];
    taken.add(other);
    return [
      { day, names },
      { day: other, names: withSubstitute(names) },
    ];
  });
}

const rulesOf = (country: HolidayCountry): readonly Holiday[] => holidayRules[country];

function isKept(
  { since = -Infinity, until = Infinity, not = [], regions }: Holiday,
  year: number,
  region?: string,
): boolean {
  if (year < since || year > until || not.includes(year)) return false;
  return regions === undefined || (region !== undefined && regions.includes(region));
}

const dayMs = 86_400_000;
const dayNumber = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / dayMs;
const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
/** From Sunday as 0. */
const weekdayOf = (day: number): number => (day + 4) % 7;

/** Days since 1970-01-01; undefined where the rule is for another year. */
function dayIn(year: number, rule: HolidayRule): number | undefined {
  if ('date' in rule) return monthAndDate(year, rule.date);
  if ('easter' in rule) return easterSunday(year) + rule.easter;
  if ('on' in rule) {
    const [onYear = 0, month = 1, date = 1] = rule.on.split('-').map(Number);
    return onYear === year ? dayNumber(year, month, date) : undefined;
  }
  if ('before' in rule) {
    const end = monthAndDate(year, rule.before) - 1;
    return end - ((weekdayOf(end) - rule.weekday + 7) % 7);
  }
  if (rule.nth === -1) {
    const last = dayNumber(year, rule.month + 1, 1) - 1;
    return last - ((weekdayOf(last) - rule.weekday + 7) % 7);
  }
  const first = dayNumber(year, rule.month, 1);
  return first + ((rule.weekday - weekdayOf(first) + 7) % 7) + 7 * (rule.nth - 1);
}

function monthAndDate(year: number, text: string): number {
  const [month = 1, date = 1] = text.split('-').map(Number);
  return dayNumber(year, month, date);
}

function substituteOf(day: number, kind: Holiday['substitute'], taken: ReadonlySet<number>): number | undefined {
  const isWeekend = (each: number): boolean => weekdayOf(each) === 0 || weekdayOf(each) === 6;
  if (kind === undefined || !isWeekend(day)) return undefined;
  if (kind === 'nearest') return weekdayOf(day) === 6 ? day - 1 : day + 1;
  let other = day + 1;
  while (isWeekend(other) || taken.has(other)) other++;
  return other;
}

function withSubstitute(names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([language, name]) => [language, `${name} (substitute day)`]));
}

/** Western Easter by the rule of Meeus, Jones and Butcher, as a day since 1970-01-01. */
function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const correction = century - Math.floor(century / 4) - Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const moon = (19 * golden + correction + 15) % 30;
  const leap = Math.floor((golden + 11 * moon + 22 * weekShift(year, century, moon)) / 451);
  const sum = moon + weekShift(year, century, moon) - 7 * leap + 114;
  return dayNumber(year, Math.floor(sum / 31), (sum % 31) + 1);
}

function weekShift(year: number, century: number, moon: number): number {
  const inCentury = year % 100;
  return (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - moon - (inCentury % 4)) % 7;
}
