/** A calendar with its texts read, kept for as long as the calendar itself is. */
import type { Calendar, CalendarException, Hours, PublicHolidays } from './calendar.ts';
import { publicHolidays } from './public-holidays.ts';
import { weekdays } from './weekdays.ts';

export const minutesOfDay = 1440;

/** Minutes since the day's midnight; `end` is above 1440 where it is over midnight. */
export interface Span {
  start: number;
  end: number;
}
export interface Exception {
  name: string;
  label?: Readonly<Record<string, string>>;
  firstDay: number;
  lastDay: number;
  isOpenAllDay: boolean;
  spans: readonly Span[];
}
export interface CompiledCalendar {
  timeZone: string;
  /** By weekday, from Monday. */
  weekly: readonly (readonly Span[])[];
  /** In the order in which they decide. */
  exceptions: readonly Exception[];
  /** Decides where none of the exceptions does. */
  publicHolidays?: PublicHolidays;
  /** The exception of a day, found once. */
  byDay: Map<number, Exception | undefined>;
}

const compiled = new WeakMap<Calendar, CompiledCalendar>();

export function compiledCalendar(calendar: Calendar): CompiledCalendar {
  const known = compiled.get(calendar);
  if (known) return known;
  const made = compile(calendar);
  compiled.set(calendar, made);
  return made;
}

const maxDays = 5_000;

export function exceptionOn(calendar: CompiledCalendar, day: number): Exception | undefined {
  const { exceptions, publicHolidays: rules, byDay } = calendar;
  if (exceptions.length === 0 && !rules) return undefined;
  if (!byDay.has(day)) {
    if (byDay.size >= maxDays) byDay.clear();
    const isOn = ({ firstDay, lastDay }: Exception): boolean => day >= firstDay && day <= lastDay;
    byDay.set(day, exceptions.find(isOn) ?? (rules && daysOff(rules, yearOf(day)).find(isOn)));
  }
  return byDay.get(day);
}

const daysOff = (rules: PublicHolidays, year: number): Exception[] =>
  publicHolidays(rules, year).flatMap(compileException);

const yearOf = (day: number): number => new Date(day * 86_400_000).getUTCFullYear();

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** Days since 1970-01-01 of `2026-12-24`; undefined for a date that no year has, such as 30 February. */
export function dayOf(date: string): number | undefined {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const atMs = Date.UTC(year, month - 1, day);
  return new Date(atMs).getUTCDate() === day ? atMs / 86_400_000 : undefined;
}

export function spanOf({ from, to }: Hours): Span {
  const start = minuteOf(from);
  const end = minuteOf(to);
  return { start, end: end > start ? end : end + minutesOfDay };
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

function compile({
  timeZone,
  weekly,
  exceptions = [],
  holidays = [],
  publicHolidays: rules,
}: Calendar): CompiledCalendar {
  return {
    timeZone,
    weekly: weekdays.map((name) => weekly.filter(({ days }) => days.includes(name)).map(spanOf)),
    exceptions: [...exceptions, ...holidays].flatMap(compileException),
    ...(rules && { publicHolidays: rules }),
    byDay: new Map(),
  };
}

/** One whose date no year has is left out; `calendarProblems` says so. */
function compileException({ name, label, from, to, hours }: CalendarException): Exception[] {
  const firstDay = dayOf(from);
  const lastDay = to === undefined ? firstDay : dayOf(to);
  if (firstDay === undefined || lastDay === undefined) return [];
  const spans = typeof hours === 'string' ? [] : hours.map(spanOf);
  return [{ name, ...(label && { label }), firstDay, lastDay, isOpenAllDay: hours === 'open', spans }];
}
