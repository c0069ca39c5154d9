import { expect, it } from 'vitest';
import type { Calendar } from '../calendar/calendar.ts';
import { flowOf, play } from '../testing/play.ts';
import { hoursNode } from './hours.ts';

const hours = flowOf(hoursNode.example);
const weekly: Calendar['weekly'] = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }];
const calendars = (changes: Partial<Calendar> = {}) => ({
  references: { calendars: { shop: { timeZone: 'Europe/Prague', weekly, ...changes } } },
});

it('is open a minute before six on a Friday in Prague, and says until when', () => {
  const { ended, decision } = play(hours, [], calendars());
  expect(ended).toBe('open');
  expect(decision?.because).toContain('says open until 2026-11-27T17:00:00.000Z');
  expect(decision?.lost).toContainEqual({ rule: 'closed', because: 'the calendar says open' });
});

it('is closed where the zone is an hour further', () => {
  expect(play(hours, [], calendars({ timeZone: 'Europe/Helsinki' })).ended).toBe('closed');
});

it('leaves by the name of an exception', () => {
  const holidays: Calendar['holidays'] = [{ name: 'holiday', from: '2026-11-27', hours: 'closed' }];
  const { ended } = play(hours, [], calendars({ holidays }));
  expect(ended).toBe('holiday');
  const { references } = calendars({ holidays });
  expect(hoursNode.outcomes(hoursNode.example, { assistants: {}, ...references })).toEqual([
    'open',
    'closed',
    'holiday',
  ]);
});

it('is closed on public holidays of the country that the calendar names, whatever the year', () => {
  const law = calendars({ publicHolidays: { country: 'CZ' } });
  const at = (nowMs: string) => play(hours, [], { ...law, atMs: Date.parse(nowMs) }).ended;
  expect(at('2026-11-17T10:00+01:00')).toBe('holiday');
  expect(at('2041-04-22T10:00+02:00')).toBe('holiday'); // Easter Monday
  expect(at('2041-04-23T10:00+02:00')).toBe('open');
  const named = calendars({ publicHolidays: { country: 'CZ', name: 'svatek' } }).references;
  expect(hoursNode.outcomes(hoursNode.example, { assistants: {}, ...named })).toEqual(['open', 'closed', 'svatek']);
});

it('counts a calendar that did not come as closed', () => {
  expect(play(hours, [])).toMatchObject({
    ended: 'closed',
    decision: { notes: [expect.stringContaining('did not come')] },
  });
});
