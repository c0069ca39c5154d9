import { expect, it } from 'vitest';
import { readCalendar } from './read-calendar.ts';

const nowMs = Date.parse('2026-11-26T10:00Z');
const shop = { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] };

it('takes a calendar', () => {
  expect(readCalendar(shop, 'shop', nowMs)).toEqual(shop);
});

it.each([
  [{ ...shop, weekly: [{ days: ['monday'], from: '08:00', to: '18:00' }] }, /the calendar shop: \/weekly\/0\/days/],
  [{ ...shop, timeZone: 'Europe/Praha' }, /the calendar shop: .*Europe\/Praha/],
  [{ timeZone: 'Europe/Prague', weekly: [] }, /the calendar shop: .*open/],
  ['08:00-18:00', /the calendar shop: calendar: /],
])('says what is wrong with one', (json, message) => {
  expect(() => readCalendar(json, 'shop', nowMs)).toThrow(message);
});
