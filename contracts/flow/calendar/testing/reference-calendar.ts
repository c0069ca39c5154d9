/** A plain reading of a calendar's rules, slow and without the product's code: what `Intl` says is on the wall, looked up in the JSON. */
import type { Calendar, CalendarException, Hours } from '../calendar.ts';

/** `open`, `closed` or the exception's name at an instant. Zones move their clocks at quarters of an hour. */
export function referenceState({
  timeZone,
  weekly,
  exceptions = [],
  holidays = [],
}: Calendar): (atMs: number) => string {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const weekday = new Intl.DateTimeFormat('en', { timeZone: 'UTC', weekday: 'short' });
  const quarters = new Map<number, { date: string; minute: number }>();

  const dates = new Map<string, { exception?: CalendarException; hours: readonly Hours[]; late: readonly Hours[] }>();

  return (atMs) => {
    const { date, minute } = wall(atMs);
    const { exception, hours, late } = rulesOn(date);
    if (exception?.hours === 'open') return 'open';
    if (hours.some((each) => isInside(each, minute)) || late.some(({ to }) => minute < minuteOf(to))) return 'open';
    return exception?.name ?? 'closed';
  };

  /** What counts on a date: its exception, the hours that begin on it, and those of the day before that are not over. */
  function rulesOn(date: string) {
    const known = dates.get(date);
    if (known) return known;
    const exception = exceptionOf(date);
    const before = previous(date);
    const goesOn = exception === undefined || exception === exceptionOf(before);
    const rules = { exception, hours: hoursOf(date), late: goesOn ? hoursOf(before).filter(isOvernight) : [] };
    dates.set(date, rules);
    return rules;
  }

  function wall(atMs: number): { date: string; minute: number } {
    const quarterMs = Math.floor(atMs / 900_000) * 900_000;
    let start = quarters.get(quarterMs);
    if (!start) {
      const [date = '', time = ''] = shown.format(quarterMs).split(' ');
      start = { date, minute: minuteOf(time) };
      quarters.set(quarterMs, start);
    }
    return { date: start.date, minute: start.minute + Math.floor((atMs - quarterMs) / 60_000) };
  }

  function exceptionOf(date: string): CalendarException | undefined {
    return [...exceptions, ...holidays].find(({ from, to = from }) => date >= from && date <= to);
  }

  function hoursOf(date: string): readonly Hours[] {
    const exception = exceptionOf(date);
    if (exception) return typeof exception.hours === 'string' ? [] : exception.hours;
    const name = weekday.format(Date.parse(date)).toLowerCase();
    return weekly.filter(({ days }) => days.some((day) => day === name));
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const isOvernight = ({ from, to }: Hours): boolean => minuteOf(to) <= minuteOf(from);
const isInside = (hours: Hours, minute: number): boolean =>
  minute >= minuteOf(hours.from) && (isOvernight(hours) || minute < minuteOf(hours.to));
const previous = (date: string): string => new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
