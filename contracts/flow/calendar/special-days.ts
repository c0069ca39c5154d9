import type { Calendar } from './calendar.ts';
import { compiledCalendar, exceptionOn } from './compiled-calendar.ts';
import { wallTime } from './zone.ts';

/** A day that is unlike others. */
export interface SpecialDay {
  /** `2026-12-24`. */
  date: string;
  /** The outcome of an `hours` node outside of this day's hours. */
  name: string;
  label?: Readonly<Record<string, string>>;
  hours: 'closed' | 'open' | 'other';
}

const daysOfYear = 366;

/** The exceptions, holidays and public holidays of the year to come, day by day. */
export function specialDays(calendar: Calendar, nowMs: number): readonly SpecialDay[] {
  const compiled = compiledCalendar(calendar);
  const today = wallTime(compiled.timeZone, nowMs).day;
  return Array.from({ length: daysOfYear }, (_, i) => today + i).flatMap((day) => {
    const exception = exceptionOn(compiled, day);
    if (!exception) return [];
    const { name, label, isOpenAllDay, spans } = exception;
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    const hours = isOpenAllDay ? 'open' : spans.length > 0 ? 'other' : 'closed';
    return [{ date, name, ...(label && { label }), hours }];
  });
}
