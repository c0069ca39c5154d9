import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantsOf, isZone, offsetMs, wallTime } from './zone.ts';

const hourMs = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const zones = [
  'Europe/Prague',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Pacific/Apia',
  'UTC',
];

describe('offsetMs', () => {
  it.each([
    ['Europe/Prague', '2026-03-29T00:59:59Z', 1],
    ['Europe/Prague', '2026-03-29T01:00:00Z', 2],
    ['Europe/Prague', '2026-10-25T00:59:59Z', 2],
    ['Europe/Prague', '2026-10-25T01:00:00Z', 1],
    ['America/New_York', '2026-03-08T07:00:00Z', -4],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', 11],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', 10.5],
    ['Asia/Kathmandu', '2026-07-01T00:00:00Z', 5.75],
    ['Nowhere/Land', '2026-07-01T00:00:00Z', 0],
  ])('of %s at %s is %d hours', (zone, iso, hours) => expect(offsetMs(zone, at(iso))).toBe(hours * hourMs));

  it('agrees with Intl at any time', () => {
    const formats = new Map(
      zones.map((timeZone) => [
        timeZone,
        new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
      ]),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('1971-01-01'), max: at('2060-01-01') }),
        (zone, atMs) => {
          const shown = Date.parse(`${formats.get(zone)?.format(atMs).replace(' ', 'T')}Z`);
          expect(offsetMs(zone, atMs)).toBe(shown - Math.floor(atMs / 1000) * 1000);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('instantsOf', () => {
  const day = (date: string): number => at(date) / (24 * hourMs);

  it('gives both instants of the hour that comes twice', () => {
    expect(instantsOf('Europe/Prague', { day: day('2026-10-25'), minute: 150 })).toEqual([
      at('2026-10-25T00:30Z'),
      at('2026-10-25T01:30Z'),
    ]);
  });

  it('gives the jump for a time that the clock leaves out', () => {
    expect(instantsOf('Europe/Prague', { day: day('2026-03-29'), minute: 150 })).toEqual([at('2026-03-29T01:00Z')]);
  });

  it('gives the jump for a date that a country left out', () => {
    expect(instantsOf('Pacific/Apia', { day: day('2011-12-30'), minute: 720 })).toEqual([at('2011-12-30T10:00Z')]);
  });

  it('is the way back of wallTime', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('1971-01-01') / 60_000, max: at('2060-01-01') / 60_000 }),
        (zone, minute) => {
          expect(instantsOf(zone, wallTime(zone, minute * 60_000))).toContain(minute * 60_000);
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('tells zones from other words', () => {
  for (const zone of zones) expect(isZone(zone)).toBe(true);
  for (const word of ['', 'Prague', 'Europe/Praha', '+01:00', 'Europe/Prague ', 'constructor'])
    expect(isZone(word)).toBe(false);
});
