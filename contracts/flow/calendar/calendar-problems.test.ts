import { describe, expect, it } from 'vitest';
import type { Calendar, CalendarException } from './calendar.ts';
import { calendarProblems } from './calendar-problems.ts';
import { weekdays } from './weekdays.ts';

const nowMs = Date.parse('2026-11-27T12:00Z');
const all = [...weekdays];
const office: Calendar = { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] };
const off = (from: string, more: Partial<CalendarException> = {}): CalendarException => ({
  name: 'off',
  from,
  hours: 'closed',
  ...more,
});
const found = (calendar: Partial<Calendar>) =>
  calendarProblems({ ...office, ...calendar }, nowMs).map(({ code, at }) => [code, at]);

describe('calendarProblems', () => {
  it.each<[string, Partial<Calendar>, [code: string, at: string][]]>([
    ['a plain one', {}, []],
    ['an unknown zone', { timeZone: 'Europe/Praha' }, [['unknown-zone', '/timeZone']]],
    ['no hours', { weekly: [] }, [['never-open', '']]],
    ['no hours but an open day', { weekly: [], exceptions: [off('2026-12-24', { hours: 'open' })] }, []],
    [
      'an open day that is past',
      { weekly: [], exceptions: [off('2026-11-26', { hours: 'open' })] },
      [
        ['never-open', ''],
        ['exception-in-the-past', '/exceptions/0'],
      ],
    ],
    [
      'all hours closed by an exception',
      { exceptions: [off('2026-01-01', { to: '2028-01-01' })] },
      [['never-open', '']],
    ],
    ['all hours', { weekly: [{ days: all, from: '00:00', to: '24:00' }] }, [['always-open', '']]],
    [
      'all hours in two parts over midnight',
      {
        weekly: [
          { days: all, from: '20:00', to: '08:00' },
          { days: all, from: '08:00', to: '20:00' },
        ],
      },
      [['always-open', '']],
    ],
    ['all hours but one minute', { weekly: [{ days: all, from: '00:00', to: '23:59' }] }, []],
    [
      'all hours but a holiday',
      { weekly: [{ days: all, from: '00:00', to: '24:00' }], holidays: [off('2026-12-24')] },
      [],
    ],
    [
      'hours that meet',
      {
        weekly: [
          { days: ['mon'], from: '08:00', to: '12:00' },
          { days: ['mon'], from: '12:00', to: '18:00' },
        ],
      },
      [],
    ],
    [
      'hours that overlap',
      {
        weekly: [
          { days: ['mon'], from: '08:00', to: '12:00' },
          { days: ['mon', 'tue'], from: '11:00', to: '18:00' },
        ],
      },
      [['overlapping-hours', '/weekly/1']],
    ],
    [
      'a Sunday night that overlaps with Monday',
      {
        weekly: [
          { days: ['mon'], from: '05:00', to: '12:00' },
          { days: ['sun'], from: '22:00', to: '06:00' },
        ],
      },
      [['overlapping-hours', '/weekly/0']],
    ],
    [
      'an exception whose hours overlap',
      {
        exceptions: [
          off('2026-12-24', {
            hours: [
              { from: '08:00', to: '10:00' },
              { from: '09:00', to: '11:00' },
            ],
          }),
        ],
      },
      [['overlapping-hours', '/exceptions/0/hours/1']],
    ],
    ['a past exception', { exceptions: [off('2026-11-26')] }, [['exception-in-the-past', '/exceptions/0']]],
    ['a past holiday, as a calendar soon has', { holidays: [off('2026-11-17')] }, []],
    ['an exception of today', { exceptions: [off('2026-11-27')] }, []],
    ['a date that no year has', { holidays: [off('2027-02-30')] }, [['bad-date', '/holidays/0']]],
    [
      'an exception the wrong way round',
      { exceptions: [off('2026-12-24', { to: '2026-12-20' })] },
      [['exception-ends-before-it-begins', '/exceptions/0']],
    ],
    [
      'an exception behind others',
      { exceptions: [off('2026-12-24'), off('2026-12-25'), off('2026-12-24', { to: '2026-12-25' })] },
      [['exception-hidden', '/exceptions/2']],
    ],
    ['public holidays', { publicHolidays: { country: 'CZ' } }, []],
    ['public holidays of a region', { publicHolidays: { country: 'DE', region: 'BY' } }, []],
    [
      'public holidays of nowhere',
      { publicHolidays: { country: 'XX' } },
      [['unknown-country', '/publicHolidays/country']],
    ],
    [
      'public holidays of a region that keeps none of its own',
      { publicHolidays: { country: 'CZ', region: 'PHA' } },
      [['unknown-region', '/publicHolidays/region']],
    ],
    [
      'all hours but public holidays',
      { weekly: [{ days: all, from: '00:00', to: '24:00' }], publicHolidays: { country: 'CZ' } },
      [],
    ],
    ['a holiday behind an exception', { exceptions: [off('2026-12-24')], holidays: [off('2026-12-24')] }, []],
  ])('%s', (_, calendar, expected) => expect(found(calendar)).toEqual(expected));

  it('speaks both languages', () => {
    for (const { message } of calendarProblems(
      { ...office, timeZone: 'X', weekly: [], publicHolidays: { country: 'XX' } },
      nowMs,
    ))
      expect(message.cs).not.toBe(message.en);
  });
});
