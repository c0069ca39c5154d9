/**
 * Offsets of IANA zones, fast and without a clock. `Intl` knows the rules and takes microseconds for each question, so
 * each window of eight days is asked once: its offset at both ends and, where they differ, when it changes. No zone
 * changes twice in a window.
 */
const minuteMs = 60_000;
const dayMs = 86_400_000;
const windowMs = 8 * dayMs;
const maxWindows = 2_000;
/** From 1970 to 9999; times outside take the offset of the nearer end. */
const lastMs = 253_402_300_799_000;

interface Window {
  beforeMs: number;
  afterMs: number;
  /** When the offset becomes `afterMs`; the window's end where it does not change in it. */
  changesAtMs: number;
}
interface Zone {
  format: Intl.DateTimeFormat;
  windows: Map<number, Window>;
}

const zones = new Map<string, Zone | undefined>();
const maxZones = 100;

/** Whether the name is an IANA zone such as `Europe/Prague` or `UTC`. */
export function isZone(timeZone: string): boolean {
  return /^[A-Za-z]\w*(?:[/+-]\w+)*$/.test(timeZone) && zoneOf(timeZone) !== undefined;
}

/** Local time minus UTC in milliseconds. An unknown zone counts as UTC. */
export function offsetMs(timeZone: string, atMs: number): number {
  const { beforeMs, afterMs, changesAtMs } = windowOf(timeZone, atMs);
  return atMs < changesAtMs ? beforeMs : afterMs;
}

/** A day since 1970-01-01 and a minute of it, as the clock on the wall of a zone shows them. */
export interface WallTime {
  day: number;
  minute: number;
}

export function wallTime(timeZone: string, atMs: number): WallTime {
  const localMs = atMs + offsetMs(timeZone, atMs);
  const day = Math.floor(localMs / dayMs);
  return { day, minute: Math.floor((localMs - day * dayMs) / minuteMs) };
}

/** The instants at which the wall shows a time: two in the hour that comes twice; in a gap the one at which the clock jumps. */
export function instantsOf(timeZone: string, { day, minute }: WallTime): readonly number[] {
  const localMs = day * dayMs + minute * minuteMs;
  const early = windowOf(timeZone, localMs - dayMs);
  const late = windowOf(timeZone, localMs + dayMs);
  const offsets = new Set([early.beforeMs, early.afterMs, late.beforeMs, late.afterMs]);
  const instants = [...offsets]
    .map((offset) => localMs - offset)
    .filter((atMs) => atMs + offsetMs(timeZone, atMs) === localMs);
  if (instants.length > 0) return instants.toSorted((a, b) => a - b);
  const jump = [early, late].find(({ changesAtMs }) => Math.abs(changesAtMs + early.beforeMs - localMs) < dayMs);
  return jump ? [jump.changesAtMs] : [localMs - early.afterMs];
}

/** When the clock is moved within about a day of an instant. */
export function clockMove(timeZone: string, atMs: number): number | undefined {
  const windows = [windowOf(timeZone, atMs - dayMs), windowOf(timeZone, atMs + 2 * dayMs)];
  return windows.find(
    ({ beforeMs, afterMs, changesAtMs }) => beforeMs !== afterMs && Math.abs(changesAtMs - atMs) < 2 * dayMs,
  )?.changesAtMs;
}

function windowOf(timeZone: string, atMs: number): Window {
  const zone = zoneOf(timeZone);
  const index = Math.floor(Math.min(Math.max(Number.isFinite(atMs) ? atMs : 0, 0), lastMs) / windowMs);
  const fromMs = index * windowMs;
  if (!zone) return { beforeMs: 0, afterMs: 0, changesAtMs: fromMs + windowMs };
  const known = zone.windows.get(index);
  if (known) return known;
  if (zone.windows.size >= maxWindows) zone.windows.clear();
  const window = readWindow(zone.format, fromMs);
  zone.windows.set(index, window);
  return window;
}

function readWindow(format: Intl.DateTimeFormat, fromMs: number): Window {
  const beforeMs = askedOffsetMs(format, fromMs);
  const afterMs = askedOffsetMs(format, fromMs + windowMs);
  if (beforeMs === afterMs) return { beforeMs, afterMs, changesAtMs: fromMs + windowMs };
  let low = fromMs;
  let high = fromMs + windowMs;
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
    if (askedOffsetMs(format, middle) === beforeMs) low = middle;
    else high = middle;
  }
  return { beforeMs, afterMs, changesAtMs: high };
}

/** Reads `11/27/2026, 17:59:00`, the form that `en-US` has for this format. */
function askedOffsetMs(format: Intl.DateTimeFormat, atMs: number): number {
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = (
    format.format(atMs).match(/\d+/g) ?? []
  ).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

function zoneOf(timeZone: string): Zone | undefined {
  if (!zones.has(timeZone)) {
    if (zones.size >= maxZones) zones.clear();
    zones.set(timeZone, createZone(timeZone));
  }
  return zones.get(timeZone);
}

function createZone(timeZone: string): Zone | undefined {
  try {
    const digits = '2-digit';
    const parts = {
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    } as const;
    return { format: new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...parts }), windows: new Map() };
  } catch {
    return undefined;
  }
}
