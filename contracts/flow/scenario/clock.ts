/** The moment at which a scenario's call begins: `2026-11-27T17:59 Europe/Prague`, or an instant with its offset. */
import { instantsOf, isZone, wallTime } from '../calendar/zone.ts';
import { instantOf } from '../conditions/instant.ts';

const written = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(?: (\S+))?$/;
const dayMs = 86_400_000;

/** What a clock's text means, or what is wrong with it. In the hour that comes twice it is the first. */
export function readClock(text: string): { atMs: number; timeZone: string } | { problem: string } {
  const instant = instantOf(text);
  if (instant !== undefined) return { atMs: instant, timeZone: 'UTC' };
  const [whole, year, month, day, hour, minute, second = '0', timeZone] = written.exec(text) ?? [];
  if (whole === undefined)
    return { problem: 'write it as 2026-11-27T17:59 Europe/Prague, or with an offset as 2026-11-27T17:59:00+01:00' };
  if (timeZone === undefined) return { problem: 'it names no zone: write for example 2026-11-27T17:59 Europe/Prague' };
  if (!isZone(timeZone)) return { problem: `${timeZone} is no time zone such as Europe/Prague` };
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDate = new Date(date).getUTCMonth() === Number(month) - 1 && new Date(date).getUTCDate() === Number(day);
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return { problem: 'there is no such date or time' };
  const wall = { day: date / dayMs, minute: Number(hour) * 60 + Number(minute) };
  const [atMs = date] = instantsOf(timeZone, wall);
  const shown = wallTime(timeZone, atMs);
  if (shown.day !== wall.day || shown.minute !== wall.minute)
    return { problem: `in ${timeZone} the clock jumps over this time` };
  return { atMs: atMs + Number(second) * 1000, timeZone };
}

/** How a clock in this zone shows an instant: `17:59:03`. */
export function shownTime(timeZone: string, atMs: number): string {
  const { minute } = wallTime(timeZone, atMs);
  const seconds = Math.floor(atMs / 1000) % 60;
  return [Math.floor(minute / 60), minute % 60, seconds].map((part) => String(part).padStart(2, '0')).join(':');
}
