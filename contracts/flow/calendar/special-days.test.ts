import { expect, it } from 'vitest';
import type { Calendar } from './calendar.ts';
import { specialDays } from './special-days.ts';

const shop: Calendar = {
  timeZone: 'Europe/Prague',
  weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }],
  exceptions: [
    { name: 'sale', from: '2026-12-24', to: '2026-12-25', hours: [{ from: '08:00', to: '12:00' }] },
    { name: 'fair', from: '2027-09-27', hours: 'open' },
    { name: 'over', from: '2026-11-01', hours: 'closed' },
  ],
  publicHolidays: { country: 'CZ' },
};

it('tells each day of the year to come that is unlike others, and what has it', () => {
  // In Prague it is the 25th already.
  const days = specialDays(shop, Date.parse('2026-12-24T23:30Z'));
  expect(days[0]).toEqual({ date: '2026-12-25', name: 'sale', hours: 'other' });
  expect(days[1]).toEqual({
    date: '2026-12-26',
    name: 'holiday',
    label: { cs: '2. svátek vánoční', en: "St Stephen's Day" },
    hours: 'closed',
  });
  expect(days.map(({ date, hours }) => `${date} ${hours}`)).toContain('2027-09-27 open');
  expect(days.map(({ date }) => date)).toContain('2027-12-25');
  expect(days).toHaveLength(15);
});
