/**
 * Whether a calendar is open at a time. The clock on the wall decides: an interval that begins in the hour which the
 * clock leaves out begins when it jumps, and what is open in the hour that comes twice is open both times.
 *
 * (a) A day belongs to its exception alone, whole. Hours of the night before end at the midnight before an exception,
 *     and an exception's own hours end at the midnight before another exception.
 * (b) Inside the hours of an exception it is `open`, outside of them the exception is the answer.
 */
import type { Calendar } from './calendar.ts';
import {
  type CompiledCalendar,
  compiledCalendar,
  exceptionOn,
  minutesOfDay,
  type Span,
  weekdayOf,
} from './compiled-calendar.ts';
import { clockMove, instantsOf, type WallTime, wallTime } from './zone.ts';

export interface CalendarAnswer {
  state: 'open' | 'closed' | { exception: string };
  /** What people call the exception of this day, by language, whatever its state. */
  label?: Readonly<Record<string, string>>;
  /** When the state changes next; absent where it does not within the days looked at. */
  untilMs?: number;
}

const lookAheadDays = 8;

/** No clock: the time is given. An unknown zone counts as UTC. */
export function calendarAt(calendar: Calendar, atMs: number): CalendarAnswer {
  const compiled = compiledCalendar(calendar);
  const now = wallTime(compiled.timeZone, atMs);
  const state = stateAt(compiled, now);
  const label = exceptionOn(compiled, now.day)?.label;
  const untilMs = nextChange(compiled, atMs, now, state);
  return {
    state: state === 'open' || state === 'closed' ? state : { exception: state.slice(exceptionMark.length) },
    ...(label && { label }),
    ...(untilMs !== undefined && { untilMs }),
  };
}

/** `open`, `closed`, or the mark and the exception's name. */
type State = 'open' | 'closed' | `exception ${string}`;
const exceptionMark = 'exception ';

function stateAt(calendar: CompiledCalendar, { day, minute }: WallTime): State {
  const exception = exceptionOn(calendar, day);
  if (exception) {
    const isOpen = exception.isOpenAllDay || isWithin(exception.spans, minute);
    // What the same exception left open on the day before goes on.
    const goesOn = exceptionOn(calendar, day - 1) === exception && isWithin(exception.spans, minute + minutesOfDay);
    return isOpen || goesOn ? 'open' : `${exceptionMark}${exception.name}`;
  }
  const isOpen =
    isWithin(spansOf(calendar, day), minute) || isWithin(spansOf(calendar, day - 1), minute + minutesOfDay);
  return isOpen ? 'open' : 'closed';
}

function spansOf(calendar: CompiledCalendar, day: number): readonly Span[] {
  return exceptionOn(calendar, day)?.spans ?? calendar.weekly[weekdayOf(day)] ?? [];
}

const isWithin = (spans: readonly Span[], minute: number): boolean =>
  spans.some(({ start, end }) => minute >= start && minute < end);

function nextChange(calendar: CompiledCalendar, atMs: number, now: WallTime, state: State): number | undefined {
  for (let day = now.day; day <= now.day + lookAheadDays; day++) {
    const movedMs = clockMove(calendar.timeZone, day * 86_400_000);
    const change =
      movedMs === undefined
        ? plainChange(calendar, day, day === now.day ? now.minute : -1, state)
        : changeAround(calendar, day, atMs, movedMs, state);
    if (change !== undefined) return change;
  }
  return undefined;
}

/** The first change on a day when each time of the wall comes once. */
function plainChange(calendar: CompiledCalendar, day: number, afterMinute: number, state: State): number | undefined {
  let first: number | undefined;
  for (const minute of edgesOf(calendar, day)) {
    if (minute <= afterMinute || (first !== undefined && minute >= first)) continue;
    if (stateAt(calendar, { day, minute }) !== state) first = minute;
  }
  return first === undefined ? undefined : instantsOf(calendar.timeZone, { day, minute: first })[0];
}

/** The same near a move of the clock, where the wall shows a time twice or never: judged instant by instant. */
function changeAround(
  calendar: CompiledCalendar,
  day: number,
  afterMs: number,
  movedMs: number,
  state: State,
): number | undefined {
  const { timeZone } = calendar;
  const instants = edgesOf(calendar, day).flatMap((minute) => instantsOf(timeZone, { day, minute }));
  if (wallTime(timeZone, movedMs).day === day) instants.push(movedMs);
  const changes = instants.filter(
    (instant) => instant > afterMs && stateAt(calendar, wallTime(timeZone, instant)) !== state,
  );
  return changes.length === 0 ? undefined : Math.min(...changes);
}

/** Minutes of a day at which its state may change: midnight and the edges of its hours. */
function edgesOf(calendar: CompiledCalendar, day: number): number[] {
  const minutes = [0];
  for (const { start, end } of spansOf(calendar, day)) {
    minutes.push(start);
    if (end < minutesOfDay) minutes.push(end);
  }
  for (const { end } of spansOf(calendar, day - 1)) if (end > minutesOfDay) minutes.push(end - minutesOfDay);
  return minutes;
}
