import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { CalendarExceptionSchema } from './calendar.ts';
import { holidayCountries, isHolidayCountry, publicHolidays } from './public-holidays.ts';

const dates = (country: string, year: number, region?: string) =>
  publicHolidays({ country, ...(region !== undefined && { region }) }, year).map(({ from }) => from);
const fixedInCzechia = [
  '01-01',
  '05-01',
  '05-08',
  '07-05',
  '07-06',
  '09-28',
  '10-28',
  '11-17',
  '12-24',
  '12-25',
  '12-26',
];

describe('publicHolidays', () => {
  // Easter Sunday by the tables of the US Naval Observatory.
  it.each([
    [2015, '2015-04-05'],
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2027, '2027-03-28'],
    [2028, '2028-04-16'],
    [2030, '2030-04-21'],
    [2038, '2038-04-25'],
    [2285, '2285-03-22'],
  ])('of Czechia in %d go by an Easter on %s', (year, easter) => {
    const dayMs = 86_400_000;
    const on = (days: number) => new Date(Date.parse(easter) + days * dayMs).toISOString().slice(0, 10);
    const moving = year < 2016 ? [on(1)] : [on(-2), on(1)];
    expect(dates('CZ', year)).toEqual([...moving, ...fixedInCzechia.map((date) => `${year}-${date}`)].toSorted());
  });

  it('have names in Czech and English and share one outcome', () => {
    const [newYear, goodFriday, easterMonday, ...rest] = publicHolidays({ country: 'CZ' }, 2027);
    expect(newYear?.label?.cs).toBe('Nový rok a Den obnovy samostatného českého státu');
    expect(goodFriday).toEqual({
      name: 'holiday',
      label: { cs: 'Velký pátek', en: 'Good Friday' },
      from: '2027-03-26',
      hours: 'closed',
    });
    expect(easterMonday?.label).toEqual({ cs: 'Velikonoční pondělí', en: 'Easter Monday' });
    expect(rest.map(({ label }) => label?.cs)).toContain('Štědrý den');
  });

  it('follow laws as they change', () => {
    expect(dates('SK', 2026)).not.toContain('2026-05-08');
    expect(dates('SK', 2027)).toContain('2027-05-08');
    expect(dates('SK', 2023)).toContain('2023-09-01');
    expect(dates('SK', 2024)).not.toContain('2024-09-01');
    expect(dates('PL', 2024)).not.toContain('2024-12-24');
    expect(dates('PL', 2025)).toContain('2025-12-24');
  });

  it('are of a region where one is named', () => {
    expect(dates('DE', 2026)).not.toContain('2026-01-06');
    expect(dates('DE', 2026, 'BY')).toContain('2026-01-06');
    expect(dates('DE', 2026, 'SN')).toContain('2026-11-18');
    expect(dates('GB', 2026, 'SCT')).toContain('2026-11-30');
  });

  it('have a substitute where the law gives one', () => {
    expect(dates('GB', 2027).slice(-4)).toEqual(['2027-12-25', '2027-12-26', '2027-12-27', '2027-12-28']);
    expect(dates('US', 2026)).toEqual([
      '2026-01-01',
      '2026-01-19',
      '2026-02-16',
      '2026-05-25',
      '2026-06-19',
      '2026-07-03',
      '2026-07-04',
      '2026-09-07',
      '2026-10-12',
      '2026-11-11',
      '2026-11-26',
      '2026-12-25',
    ]);
    expect(dates('US', 2027)).toContain('2027-12-31');
    expect(dates('US', 2028)).not.toContain('2027-12-31');
  });

  it('fit into a calendar, for all countries and regions', () => {
    for (const { country, regions } of holidayCountries())
      for (const region of [undefined, ...regions])
        for (const exception of publicHolidays({ country, ...(region !== undefined && { region }) }, 2027))
          expect(Value.Check(CalendarExceptionSchema, exception)).toBe(true);
  });

  it('are known of some countries', () => {
    expect(isHolidayCountry('CZ')).toBe(true);
    expect(isHolidayCountry('toString')).toBe(false);
    expect(publicHolidays({ country: 'toString' }, 2027)).toEqual([]);
  });
});
