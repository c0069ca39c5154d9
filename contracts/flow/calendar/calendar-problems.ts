import type { Bilingual } from '../bilingual.ts';
import type { Calendar, CalendarException } from './calendar.ts';
import {
  compiledCalendar,
  dayOf,
  exceptionOn,
  minutesOfDay,
  type Span,
  spanOf,
  weekdayOf,
} from './compiled-calendar.ts';
import { holidayCountries } from './public-holidays.ts';
import { isZone, wallTime } from './zone.ts';

export interface CalendarProblem {
  code:
    | 'unknown-zone'
    | 'unknown-country'
    | 'unknown-region'
    | 'never-open'
    | 'always-open'
    | 'overlapping-hours'
    | 'bad-date'
    | 'exception-ends-before-it-begins'
    | 'exception-in-the-past'
    | 'exception-hidden';
  severity: 'error' | 'warning';
  /** JSON pointer in the calendar; empty where it is the whole. */
  at: string;
  message: Bilingual;
}

const minutesOfWeek = 7 * minutesOfDay;
/** A year holds every exception that is still to come soon enough to matter. */
const daysLookedAt = 366;

/** What is wrong with a calendar that has the right shape. `nowMs` tells what is past. */
export function calendarProblems(calendar: Calendar, nowMs: number): readonly CalendarProblem[] {
  const { timeZone } = calendar;
  const today = wallTime(timeZone, nowMs).day;
  return [
    ...(isZone(timeZone) ? [] : [unknownZone(timeZone)]),
    ...coverageProblems(calendar, today),
    ...overlaps(calendar),
    ...exceptionsOf(calendar, 'exceptions').flatMap(({ exception, at }) => [
      ...dateProblems(exception, at),
      ...past(exception, at, today),
    ]),
    // Holidays are listed by years: of those the first days are soon past.
    ...exceptionsOf(calendar, 'holidays').flatMap(({ exception, at }) => dateProblems(exception, at)),
    ...publicHolidayProblems(calendar),
    ...hiddenExceptions(calendar),
  ];
}

function unknownZone(timeZone: string): CalendarProblem {
  const message = { en: `there is no time zone ${timeZone}`, cs: `časové pásmo ${timeZone} neexistuje` };
  return { code: 'unknown-zone', severity: 'error', at: '/timeZone', message };
}

function publicHolidayProblems({ publicHolidays }: Calendar): CalendarProblem[] {
  if (!publicHolidays) return [];
  const { country, region } = publicHolidays;
  const countries = holidayCountries();
  const known = countries.find((each) => each.country === country);
  if (!known) {
    const list = countries.map((each) => each.country).join(', ');
    const message = {
      en: `the public holidays of ${country} are not known; those of ${list} are`,
      cs: `státní svátky země ${country} nejsou známy; známy jsou: ${list}`,
    };
    return [{ code: 'unknown-country', severity: 'error', at: '/publicHolidays/country', message }];
  }
  if (region === undefined || known.regions.includes(region)) return [];
  const list = known.regions.join(', ');
  const message = {
    en: `${country} has no region ${region} with holidays of its own; ${list ? `those with some are ${list}` : 'none has any'}`,
    cs: `${country} nemá oblast ${region} s vlastními svátky; ${list ? `mají je ${list}` : 'žádná je nemá'}`,
  };
  return [{ code: 'unknown-region', severity: 'error', at: '/publicHolidays/region', message }];
}

/** Open or closed at every minute of the year to come. */
function coverageProblems(calendar: Calendar, today: number): CalendarProblem[] {
  const compiled = compiledCalendar(calendar);
  let isEverOpen = false;
  let isEverClosed = false;
  for (let day = today; day < today + daysLookedAt && !(isEverOpen && isEverClosed); day++) {
    const exception = exceptionOn(compiled, day);
    const spans = exception?.spans ?? compiled.weekly[weekdayOf(day)] ?? [];
    const before = exceptionOn(compiled, day - 1);
    const late =
      exception === undefined || exception === before
        ? (before?.spans ?? compiled.weekly[weekdayOf(day - 1)] ?? [])
        : [];
    const open = [
      ...spans,
      ...late.map(({ start, end }) => ({ start: start - minutesOfDay, end: end - minutesOfDay })),
    ];
    const openMinutes = exception?.isOpenAllDay ? minutesOfDay : covered(open);
    isEverOpen ||= openMinutes > 0;
    isEverClosed ||= openMinutes < minutesOfDay;
  }
  if (!isEverOpen)
    return [
      { code: 'never-open', severity: 'error', at: '', message: { en: 'it is never open', cs: 'nikdy není otevřeno' } },
    ];
  if (!isEverClosed)
    return [
      {
        code: 'always-open',
        severity: 'warning',
        at: '',
        message: { en: 'it is always open', cs: 'je otevřeno stále' },
      },
    ];
  return [];
}

/** Minutes of a day that spans cover. */
function covered(spans: readonly Span[]): number {
  let minutes = 0;
  let until = 0;
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const from = Math.max(start, until);
    const to = Math.min(end, minutesOfDay);
    if (to > from) minutes += to - from;
    until = Math.max(until, to);
  }
  return minutes;
}

function overlaps({ weekly, exceptions = [], holidays = [] }: Calendar): CalendarProblem[] {
  const week = weekly.flatMap((hours, index) => {
    const { start, end } = spanOf(hours);
    const { weekly: days } = compiledCalendar({ timeZone: 'UTC', weekly: [hours] });
    return days.flatMap((spans, day) =>
      spans.map(() => ({ index, start: day * minutesOfDay + start, end: day * minutesOfDay + end })),
    );
  });
  const inWeek = clashes(week, minutesOfWeek).map((index) => overlap(`/weekly/${index}`));
  const inExceptions = [...exceptions.entries()].map(([index, { hours }]) => ({ at: `/exceptions/${index}`, hours }));
  const inHolidays = [...holidays.entries()].map(([index, { hours }]) => ({ at: `/holidays/${index}`, hours }));
  const others = [...inExceptions, ...inHolidays].flatMap(({ at, hours }) => {
    const spans = typeof hours === 'string' ? [] : hours.map((each, index) => ({ index, ...spanOf(each) }));
    return clashes(spans, Infinity).map((index) => overlap(`${at}/hours/${index}`));
  });
  return [...inWeek, ...others];
}

/** Indexes of the spans that begin before an earlier one has ended; `cycle` is when the first comes again. */
function clashes(spans: readonly (Span & { index: number })[], cycle: number): readonly number[] {
  const found = new Set<number>();
  const ordered = spans.toSorted((one, other) => one.start - other.start || one.index - other.index);
  let latest = -Infinity;
  for (const { index, start, end } of ordered) {
    if (start < latest) found.add(index);
    latest = Math.max(latest, end);
  }
  const [first] = ordered;
  if (first && latest - cycle > first.start) found.add(first.index);
  return [...found];
}

function overlap(at: string): CalendarProblem {
  const message = { en: 'these hours overlap with others', cs: 'tyto hodiny se překrývají s jinými' };
  return { code: 'overlapping-hours', severity: 'warning', at, message };
}

function exceptionsOf(
  calendar: Calendar,
  list: 'exceptions' | 'holidays',
): { exception: CalendarException; at: string }[] {
  return (calendar[list] ?? []).map((exception, index) => ({ exception, at: `/${list}/${index}` }));
}

function dateProblems({ name, from, to = from }: CalendarException, at: string): CalendarProblem[] {
  const [first, last] = [dayOf(from), dayOf(to)];
  if (first === undefined || last === undefined) {
    const bad = first === undefined ? from : to;
    return [{ code: 'bad-date', severity: 'error', at, message: { en: `${bad} is no date`, cs: `${bad} není datum` } }];
  }
  if (last < first) {
    const message = { en: `${name} ends before it begins`, cs: `${name} končí dřív, než začne` };
    return [{ code: 'exception-ends-before-it-begins', severity: 'error', at, message }];
  }
  return [];
}

function past({ name, from, to = from }: CalendarException, at: string, today: number): CalendarProblem[] {
  const last = dayOf(to);
  if (last === undefined || last >= today || last < (dayOf(from) ?? last)) return [];
  const message = { en: `${name} on ${to} is past`, cs: `${name} dne ${to} už minulo` };
  return [{ code: 'exception-in-the-past', severity: 'warning', at, message }];
}

/** Exceptions all of whose days belong to earlier ones; holidays may be overruled, that is what exceptions are for. */
function hiddenExceptions(calendar: Calendar): CalendarProblem[] {
  return exceptionsOf(calendar, 'exceptions').flatMap(({ exception: { name, from, to = from }, at }, index) => {
    const earlier = compiledCalendar({
      timeZone: 'UTC',
      weekly: [],
      exceptions: (calendar.exceptions ?? []).slice(0, index),
    });
    const [first, last] = [dayOf(from), dayOf(to)];
    if (first === undefined || last === undefined || last < first) return [];
    for (let day = first; day <= last; day++) if (!exceptionOn(earlier, day)) return [];
    const message = {
      en: `earlier exceptions have all days of ${name}`,
      cs: `všechny dny výjimky ${name} mají dřívější výjimky`,
    };
    return [{ code: 'exception-hidden' as const, severity: 'warning' as const, at, message }];
  });
}
