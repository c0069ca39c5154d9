/**
 * Days off by law. The well-kept collections of all countries have their data under a share-alike licence, so the rules
 * stand here, country by country, each with its source.
 */

/** When in a year a day off falls. */
export type HolidayRule =
  | { date: `${number}-${number}` }
  /** Days after Easter Sunday. */
  | { easter: number }
  /** `nth` weekday of a month, from Sunday as 0; -1 is the last. */
  | { month: number; weekday: number; nth: 1 | 2 | 3 | 4 | -1 }
  /** The last such weekday before a date. */
  | { before: `${number}-${number}`; weekday: number }
  /** Once. */
  | { on: `${number}-${number}-${number}` };

export type Holiday = HolidayRule & {
  names: Readonly<Record<string, string>>;
  /** First and last year; absent: always. */
  since?: number;
  until?: number;
  /** Years without it. */
  not?: readonly number[];
  /** Where it is kept; absent: in the whole country. */
  regions?: readonly string[];
  /** A further day off where it falls on a weekend: the nearest or the next working day. */
  substitute?: 'nearest' | 'next';
};

const inLanguage =
  (language: string) =>
  (
    rule: HolidayRule,
    local: string,
    en: string,
    more: Partial<Pick<Holiday, 'since' | 'until' | 'not' | 'regions'>> = {},
  ): Holiday => ({
    ...rule,
    names: { [language]: local, en },
    ...more,
  });
const czech = inLanguage('cs');
const slovak = inLanguage('sk');
const german = inLanguage('de');
const polish = inLanguage('pl');

/** Zákon č. 245/2000 Sb.; shops' own closing days (307/2016 Sb.) are another matter. */
const czechia: readonly Holiday[] = [
  czech(
    { date: '1-1' },
    'Nový rok a Den obnovy samostatného českého státu',
    "New Year's Day and Restoration Day of the Independent Czech State",
  ),
  czech({ easter: -2 }, 'Velký pátek', 'Good Friday', { since: 2016 }),
  czech({ easter: 1 }, 'Velikonoční pondělí', 'Easter Monday'),
  czech({ date: '5-1' }, 'Svátek práce', 'Labour Day'),
  czech({ date: '5-8' }, 'Den vítězství', 'Victory Day'),
  czech({ date: '7-5' }, 'Den slovanských věrozvěstů Cyrila a Metoděje', 'Saints Cyril and Methodius Day'),
  czech({ date: '7-6' }, 'Den upálení mistra Jana Husa', 'Jan Hus Day'),
  czech({ date: '9-28' }, 'Den české státnosti', 'Czech Statehood Day'),
  czech({ date: '10-28' }, 'Den vzniku samostatného československého státu', 'Independent Czechoslovak State Day'),
  czech({ date: '11-17' }, 'Den boje za svobodu a demokracii', 'Struggle for Freedom and Democracy Day'),
  czech({ date: '12-24' }, 'Štědrý den', 'Christmas Eve'),
  czech({ date: '12-25' }, '1. svátek vánoční', 'Christmas Day'),
  czech({ date: '12-26' }, '2. svátek vánoční', "St Stephen's Day"),
];

/** Zákon č. 241/1993 Z. z., with the days that consolidation made working days. */
const slovakia: readonly Holiday[] = [
  slovak({ date: '1-1' }, 'Deň vzniku Slovenskej republiky', 'Day of the Establishment of the Slovak Republic'),
  slovak({ date: '1-6' }, 'Zjavenie Pána', 'Epiphany'),
  slovak({ easter: -2 }, 'Veľký piatok', 'Good Friday'),
  slovak({ easter: 1 }, 'Veľkonočný pondelok', 'Easter Monday'),
  slovak({ date: '5-1' }, 'Sviatok práce', 'Labour Day'),
  slovak({ date: '5-8' }, 'Deň víťazstva nad fašizmom', 'Day of Victory over Fascism', { not: [2026] }),
  slovak({ date: '7-5' }, 'Sviatok svätého Cyrila a svätého Metoda', 'Saints Cyril and Methodius Day'),
  slovak({ date: '8-29' }, 'Výročie Slovenského národného povstania', 'Slovak National Uprising Anniversary'),
  slovak({ date: '9-1' }, 'Deň Ústavy Slovenskej republiky', 'Constitution Day', { until: 2023 }),
  slovak({ date: '9-15' }, 'Sedembolestná Panna Mária', 'Our Lady of Sorrows', { not: [2026] }),
  slovak({ date: '11-1' }, 'Sviatok všetkých svätých', "All Saints' Day"),
  slovak({ date: '11-17' }, 'Deň boja za slobodu a demokraciu', 'Struggle for Freedom and Democracy Day', {
    until: 2024,
  }),
  slovak({ date: '12-24' }, 'Štedrý deň', 'Christmas Eve'),
  slovak({ date: '12-25' }, 'Prvý sviatok vianočný', 'Christmas Day'),
  slovak({ date: '12-26' }, 'Druhý sviatok vianočný', "St Stephen's Day"),
];

/** Ustawa z dnia 18 stycznia 1951 r. o dniach wolnych od pracy. */
const poland: readonly Holiday[] = [
  polish({ date: '1-1' }, 'Nowy Rok', "New Year's Day"),
  polish({ date: '1-6' }, 'Święto Trzech Króli', 'Epiphany', { since: 2011 }),
  polish({ easter: 0 }, 'Wielkanoc', 'Easter Sunday'),
  polish({ easter: 1 }, 'Poniedziałek Wielkanocny', 'Easter Monday'),
  polish({ date: '5-1' }, 'Święto Państwowe', 'Labour Day'),
  polish({ date: '5-3' }, 'Święto Narodowe Trzeciego Maja', 'Constitution Day'),
  polish({ easter: 49 }, 'Zielone Świątki', 'Whit Sunday'),
  polish({ easter: 60 }, 'Boże Ciało', 'Corpus Christi'),
  polish({ date: '8-15' }, 'Wniebowzięcie Najświętszej Maryi Panny', 'Assumption Day'),
  polish({ date: '11-1' }, 'Wszystkich Świętych', "All Saints' Day"),
  polish({ date: '11-11' }, 'Narodowe Święto Niepodległości', 'Independence Day'),
  polish({ date: '12-24' }, 'Wigilia Bożego Narodzenia', 'Christmas Eve', { since: 2025 }),
  polish({ date: '12-25' }, 'Pierwszy dzień Bożego Narodzenia', 'Christmas Day'),
  polish({ date: '12-26' }, 'Drugi dzień Bożego Narodzenia', "St Stephen's Day"),
];

/** Bundesgesetz über die wöchentliche Ruhezeit, § 7 Abs. 2 ARG. */
const austria: readonly Holiday[] = [
  german({ date: '1-1' }, 'Neujahr', "New Year's Day"),
  german({ date: '1-6' }, 'Heilige Drei Könige', 'Epiphany'),
  german({ easter: 1 }, 'Ostermontag', 'Easter Monday'),
  german({ date: '5-1' }, 'Staatsfeiertag', 'National Holiday'),
  german({ easter: 39 }, 'Christi Himmelfahrt', 'Ascension Day'),
  german({ easter: 50 }, 'Pfingstmontag', 'Whit Monday'),
  german({ easter: 60 }, 'Fronleichnam', 'Corpus Christi'),
  german({ date: '8-15' }, 'Mariä Himmelfahrt', 'Assumption Day'),
  german({ date: '10-26' }, 'Nationalfeiertag', 'National Day'),
  german({ date: '11-1' }, 'Allerheiligen', "All Saints' Day"),
  german({ date: '12-8' }, 'Mariä Empfängnis', 'Immaculate Conception'),
  german({ date: '12-25' }, 'Christtag', 'Christmas Day'),
  german({ date: '12-26' }, 'Stefanitag', "St Stephen's Day"),
];

/** The holiday laws of the Länder; what only some municipalities keep is left out. */
const germany: readonly Holiday[] = [
  german({ date: '1-1' }, 'Neujahr', "New Year's Day"),
  german({ date: '1-6' }, 'Heilige Drei Könige', 'Epiphany', { regions: ['BW', 'BY', 'ST'] }),
  german({ date: '3-8' }, 'Internationaler Frauentag', "International Women's Day", { since: 2019, regions: ['BE'] }),
  german({ date: '3-8' }, 'Internationaler Frauentag', "International Women's Day", { since: 2023, regions: ['MV'] }),
  german({ easter: -2 }, 'Karfreitag', 'Good Friday'),
  german({ easter: 0 }, 'Ostersonntag', 'Easter Sunday', { regions: ['BB'] }),
  german({ easter: 1 }, 'Ostermontag', 'Easter Monday'),
  german({ date: '5-1' }, 'Tag der Arbeit', 'Labour Day'),
  german({ on: '2020-5-8' }, '75. Jahrestag der Befreiung', '75th Anniversary of Liberation', { regions: ['BE'] }),
  german({ on: '2025-5-8' }, '80. Jahrestag der Befreiung', '80th Anniversary of Liberation', { regions: ['BE'] }),
  german({ easter: 39 }, 'Christi Himmelfahrt', 'Ascension Day'),
  german({ easter: 49 }, 'Pfingstsonntag', 'Whit Sunday', { regions: ['BB'] }),
  german({ easter: 50 }, 'Pfingstmontag', 'Whit Monday'),
  german({ on: '2028-6-17' }, '75. Jahrestag des Volksaufstandes', '75th Anniversary of the 1953 Uprising', {
    regions: ['BE'],
  }),
  german({ easter: 60 }, 'Fronleichnam', 'Corpus Christi', { regions: ['BW', 'BY', 'HE', 'NW', 'RP', 'SL'] }),
  german({ date: '8-15' }, 'Mariä Himmelfahrt', 'Assumption Day', { regions: ['SL'] }),
  german({ date: '9-20' }, 'Weltkindertag', "World Children's Day", { since: 2019, regions: ['TH'] }),
  german({ date: '10-3' }, 'Tag der Deutschen Einheit', 'German Unity Day'),
  german({ date: '10-31' }, 'Reformationstag', 'Reformation Day', { regions: ['BB', 'MV', 'SN', 'ST', 'TH'] }),
  german({ date: '10-31' }, 'Reformationstag', 'Reformation Day', { since: 2018, regions: ['HB', 'HH', 'NI', 'SH'] }),
  german({ date: '11-1' }, 'Allerheiligen', "All Saints' Day", { regions: ['BW', 'BY', 'NW', 'RP', 'SL'] }),
  german({ before: '11-23', weekday: 3 }, 'Buß- und Bettag', 'Repentance and Prayer Day', { regions: ['SN'] }),
  german({ date: '12-25' }, '1. Weihnachtstag', 'Christmas Day'),
  german({ date: '12-26' }, '2. Weihnachtstag', 'Boxing Day'),
];

const plain = (rule: HolidayRule, en: string, more: Partial<Holiday> = {}): Holiday => ({
  ...rule,
  names: { en },
  ...more,
});

/** gov.uk/bank-holidays; `ENG` is England and Wales. */
const unitedKingdom: readonly Holiday[] = [
  plain({ date: '1-1' }, "New Year's Day", { substitute: 'next' }),
  plain({ date: '1-2' }, '2nd January', { substitute: 'next', regions: ['SCT'] }),
  plain({ date: '3-17' }, "St Patrick's Day", { substitute: 'next', regions: ['NIR'] }),
  plain({ easter: -2 }, 'Good Friday'),
  plain({ easter: 1 }, 'Easter Monday', { regions: ['ENG', 'NIR'] }),
  plain({ month: 5, weekday: 1, nth: 1 }, 'Early May Bank Holiday', { not: [2020] }),
  plain({ month: 5, weekday: 1, nth: -1 }, 'Spring Bank Holiday', { not: [2022] }),
  plain({ on: '2022-6-2' }, 'Spring Bank Holiday'),
  plain({ on: '2022-6-3' }, 'Platinum Jubilee'),
  plain({ on: '2022-9-19' }, 'State Funeral of Queen Elizabeth II'),
  plain({ on: '2020-5-8' }, 'Early May Bank Holiday'),
  plain({ on: '2023-5-8' }, 'Coronation of King Charles III'),
  plain({ date: '7-12' }, 'Battle of the Boyne', { substitute: 'next', regions: ['NIR'] }),
  plain({ month: 8, weekday: 1, nth: 1 }, 'Summer Bank Holiday', { regions: ['SCT'] }),
  plain({ month: 8, weekday: 1, nth: -1 }, 'Summer Bank Holiday', { regions: ['ENG', 'NIR'] }),
  plain({ date: '11-30' }, "St Andrew's Day", { substitute: 'next', regions: ['SCT'] }),
  plain({ date: '12-25' }, 'Christmas Day', { substitute: 'next' }),
  plain({ date: '12-26' }, 'Boxing Day', { substitute: 'next' }),
];

/** 5 U.S.C. 6103, federal holidays. */
const unitedStates: readonly Holiday[] = [
  plain({ date: '1-1' }, "New Year's Day", { substitute: 'nearest' }),
  plain({ month: 1, weekday: 1, nth: 3 }, 'Birthday of Martin Luther King, Jr.'),
  plain({ month: 2, weekday: 1, nth: 3 }, "Washington's Birthday"),
  plain({ month: 5, weekday: 1, nth: -1 }, 'Memorial Day'),
  plain({ date: '6-19' }, 'Juneteenth National Independence Day', { since: 2021, substitute: 'nearest' }),
  plain({ date: '7-4' }, 'Independence Day', { substitute: 'nearest' }),
  plain({ month: 9, weekday: 1, nth: 1 }, 'Labor Day'),
  plain({ month: 10, weekday: 1, nth: 2 }, 'Columbus Day'),
  plain({ date: '11-11' }, 'Veterans Day', { substitute: 'nearest' }),
  plain({ month: 11, weekday: 4, nth: 4 }, 'Thanksgiving Day'),
  plain({ date: '12-25' }, 'Christmas Day', { substitute: 'nearest' }),
];

/** By ISO 3166 code. */
export const holidayRules = {
  CZ: czechia,
  SK: slovakia,
  PL: poland,
  AT: austria,
  DE: germany,
  GB: unitedKingdom,
  US: unitedStates,
} as const satisfies Record<string, readonly Holiday[]>;
