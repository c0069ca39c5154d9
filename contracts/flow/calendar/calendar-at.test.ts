import * as fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { type Calendar, type CalendarException, CalendarSchema } from './calendar.ts';
import { calendarAt } from './calendar-at.ts';
import { weekdays } from './weekdays.ts';
import { referenceState } from './testing/reference-calendar.ts';

const minuteMs = 60_000;
const at = (iso: string): number => Date.parse(iso);
const workdays = weekdays.slice(0, 5);
const office: Calendar = { timeZone: 'Europe/Prague', weekly: [{ days: [...workdays], from: '08:00', to: '18:00' }] };
const christmas: CalendarException = {
  name: 'christmas',
  label: { cs: 'Vánoce', en: 'Christmas' },
  from: '2026-12-24',
  to: '2026-12-26',
  hours: 'closed',
};

describe('calendarAt', () => {
  it.each([
    ['2026-11-27T17:59:59+01:00', 'open', '2026-11-27T18:00:00+01:00'],
    ['2026-11-27T18:00:00+01:00', 'closed', '2026-11-30T08:00:00+01:00'],
    ['2026-11-30T08:00:00+01:00', 'open', '2026-11-30T18:00:00+01:00'],
    ['2026-10-24T12:00:00+02:00', 'closed', '2026-10-26T08:00:00+01:00'],
  ])('at %s the office is %s until %s', (now, state, until) => {
    expect(calendarAt(office, at(now))).toEqual({ state, untilMs: at(until) });
  });

  it('answers with the exception by its name, and with what people call it', () => {
    const calendar = { ...office, exceptions: [christmas] };
    expect(calendarAt(calendar, at('2026-12-24T10:00:00+01:00'))).toEqual({
      state: { exception: 'christmas' },
      label: christmas.label,
      untilMs: at('2026-12-27T00:00:00+01:00'),
    });
    expect(calendarAt(calendar, at('2026-12-23T20:00:00+01:00'))).toEqual({
      state: 'closed',
      untilMs: at('2026-12-24T00:00:00+01:00'),
    });
  });

  it('is open in the other hours of an exception, and the exception outside of them', () => {
    const eve: CalendarException = { ...christmas, to: '2026-12-24', hours: [{ from: '09:00', to: '12:00' }] };
    const calendar = { ...office, exceptions: [eve], holidays: [{ ...christmas, name: 'holiday' }] };
    expect(calendarAt(calendar, at('2026-12-24T08:59:00+01:00'))).toMatchObject({
      state: { exception: 'christmas' },
      untilMs: at('2026-12-24T09:00:00+01:00'),
    });
    expect(calendarAt(calendar, at('2026-12-24T11:00:00+01:00'))).toMatchObject({
      state: 'open',
      label: christmas.label,
    });
    expect(calendarAt(calendar, at('2026-12-25T11:00:00+01:00'))).toMatchObject({ state: { exception: 'holiday' } });
  });

  it('is closed on public holidays of its country, unless an exception has the day', () => {
    const eve: CalendarException = { name: 'eve', from: '2026-12-24', hours: [{ from: '09:00', to: '12:00' }] };
    const calendar: Calendar = { ...office, exceptions: [eve], publicHolidays: { country: 'CZ', name: 'svatek' } };
    expect(calendarAt(calendar, at('2026-12-24T10:00:00+01:00')).state).toBe('open');
    expect(calendarAt(calendar, at('2026-12-24T13:00:00+01:00')).state).toEqual({ exception: 'eve' });
    expect(calendarAt(calendar, at('2026-12-25T10:00:00+01:00'))).toEqual({
      state: { exception: 'svatek' },
      label: { cs: '1. svátek vánoční', en: 'Christmas Day' },
      untilMs: at('2026-12-27T00:00:00+01:00'),
    });
    const nowhere: Calendar = { ...office, publicHolidays: { country: 'XX' } };
    expect(calendarAt(nowhere, at('2026-12-25T10:00:00+01:00')).state).toBe('open');
  });

  it('can be open on a day that is closed otherwise', () => {
    const sunday: CalendarException = { name: 'sale', from: '2026-11-29', hours: 'open' };
    const calendar = { ...office, exceptions: [sunday] };
    expect(calendarAt(calendar, at('2026-11-29T00:00:00+01:00'))).toEqual({
      state: 'open',
      untilMs: at('2026-11-30T00:00:00+01:00'),
    });
  });

  describe('over midnight', () => {
    const night: Calendar = { timeZone: 'Europe/Prague', weekly: [{ days: ['fri'], from: '22:00', to: '06:00' }] };

    it('goes on into the next morning', () => {
      expect(calendarAt(night, at('2026-11-27T23:00:00+01:00'))).toEqual({
        state: 'open',
        untilMs: at('2026-11-28T06:00:00+01:00'),
      });
      expect(calendarAt(night, at('2026-11-28T05:59:00+01:00')).state).toBe('open');
      expect(calendarAt(night, at('2026-11-28T06:00:00+01:00')).state).toBe('closed');
    });

    it('ends at the midnight before an exception', () => {
      const calendar: Calendar = { ...night, exceptions: [{ name: 'off', from: '2026-11-28', hours: 'closed' }] };
      expect(calendarAt(calendar, at('2026-11-27T23:00:00+01:00'))).toEqual({
        state: 'open',
        untilMs: at('2026-11-28T00:00:00+01:00'),
      });
    });

    it('goes on through an exception of several days, and after it', () => {
      const party: CalendarException = {
        name: 'party',
        from: '2026-12-30',
        to: '2026-12-31',
        hours: [{ from: '20:00', to: '03:00' }],
      };
      const calendar: Calendar = { ...night, exceptions: [party] };
      expect(calendarAt(calendar, at('2026-12-31T02:00:00+01:00')).state).toBe('open');
      expect(calendarAt(calendar, at('2027-01-01T02:00:00+01:00'))).toEqual({
        state: 'open',
        untilMs: at('2027-01-01T03:00:00+01:00'),
      });
    });

    it('lasts a whole day with 24:00, or when both ends are the same', () => {
      for (const to of ['24:00', '00:00']) {
        const calendar: Calendar = { timeZone: 'UTC', weekly: [{ days: ['fri'], from: '00:00', to }] };
        expect(calendarAt(calendar, at('2026-11-27T00:00Z'))).toEqual({
          state: 'open',
          untilMs: at('2026-11-28T00:00Z'),
        });
      }
    });
  });

  describe('when the clock is moved', () => {
    const early: Calendar = { timeZone: 'Europe/Prague', weekly: [{ days: ['sun'], from: '02:30', to: '04:00' }] };

    it('opens at the jump where the interval begins in the gap', () => {
      expect(calendarAt(early, at('2026-03-29T00:00:00+01:00'))).toEqual({
        state: 'closed',
        untilMs: at('2026-03-29T03:00:00+02:00'),
      });
      expect(calendarAt(early, at('2026-03-29T03:00:00+02:00'))).toEqual({
        state: 'open',
        untilMs: at('2026-03-29T04:00:00+02:00'),
      });
    });

    it('follows the clock on the wall through the hour that comes twice', () => {
      const changes = [
        '2026-10-25T02:30:00+02:00',
        '2026-10-25T02:00:00+01:00',
        '2026-10-25T02:30:00+01:00',
        '2026-10-25T04:00:00+01:00',
      ];
      let now = at('2026-10-25T00:00:00+02:00');
      for (const change of changes) {
        const { untilMs = 0 } = calendarAt(early, now);
        expect(untilMs).toBe(at(change));
        now = untilMs;
      }
    });
  });

  it('looks eight days ahead and no further', () => {
    expect(calendarAt({ timeZone: 'UTC', weekly: [] }, at('2026-11-27T00:00Z'))).toEqual({ state: 'closed' });
  });

  it.each(['Europe/Prague', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'agrees with a plain reading of the rules at every minute of a year in %s',
    (timeZone) => {
      const calendar: Calendar = {
        timeZone,
        weekly: [
          { days: ['mon', 'tue', 'wed', 'thu'], from: '08:00', to: '12:00' },
          { days: ['mon', 'wed'], from: '13:15', to: '17:45' },
          { days: ['fri', 'sat'], from: '21:00', to: '02:30' },
          { days: ['sun'], from: '01:30', to: '03:10' },
        ],
        exceptions: [{ name: 'eve', from: '2026-12-24', hours: [{ from: '22:00', to: '01:00' }] }],
        holidays: [christmas, { name: 'may', from: '2026-05-01', hours: 'open' }],
      };
      expect(Value.Check(CalendarSchema, calendar)).toBe(true);
      expect(disagreements(calendar, at('2026-01-01T00:00Z'), 365)).toEqual([]);
    },
  );

  it('agrees with it for any calendar around both moves of the clock', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
    const hours = fc.record({ from: time, to: fc.oneof(time, fc.constant('24:00')) });
    const date = fc.constantFrom(
      '2026-03-28',
      '2026-03-29',
      '2026-03-30',
      '2026-10-24',
      '2026-10-25',
      '2026-10-26',
      '2026-04-05',
      '2026-10-04',
      '2026-03-08',
      '2026-11-01',
    );
    const exception = fc.record({
      name: fc.constantFrom('a', 'b'),
      from: date,
      to: date,
      hours: fc.oneof(
        fc.constant('closed' as const),
        fc.constant('open' as const),
        fc.array(hours, { minLength: 1, maxLength: 2 }),
      ),
    });
    const calendar: fc.Arbitrary<Calendar> = fc.record({
      timeZone: fc.constantFrom('Europe/Prague', 'America/New_York', 'Australia/Lord_Howe'),
      weekly: fc.array(
        fc.tuple(fc.subarray([...weekdays], { minLength: 1 }), hours).map(([days, each]) => ({ days, ...each })),
        { maxLength: 3 },
      ),
      exceptions: fc.array(exception, { maxLength: 2 }),
      holidays: fc.array(exception, { maxLength: 2 }),
    });
    const from = fc.constantFrom('2026-03-06', '2026-03-27', '2026-04-03', '2026-10-02', '2026-10-23', '2026-10-30');
    fc.assert(
      fc.property(calendar, from, (each, firstDay) => {
        expect(disagreements(each, at(`${firstDay}T00:00Z`), 4)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** Minutes at which the answer, or the time until which it was to hold, is not what the rules say. */
function disagreements(calendar: Calendar, fromMs: number, days: number): string[] {
  const wrong: string[] = [];
  const stateAt = referenceState(calendar);
  const endMs = fromMs + days * 24 * 60 * minuteMs;
  for (let now = fromMs; now < endMs && wrong.length < 3;) {
    const { state, untilMs } = calendarAt(calendar, now);
    const named = typeof state === 'string' ? state : state.exception;
    const until = untilMs ?? now + 8 * 24 * 60 * minuteMs;
    for (let minute = now; minute < Math.min(until, endMs) && wrong.length < 3; minute += minuteMs)
      if (stateAt(minute) !== named) wrong.push(`${new Date(minute).toISOString()}: ${named}, not ${stateAt(minute)}`);
    if (untilMs !== undefined && stateAt(until) === named)
      wrong.push(`${new Date(until).toISOString()}: no change from ${named}`);
    now = until;
  }
  return wrong;
}
