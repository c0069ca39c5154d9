import { type Static, Type } from 'typebox';
import { weekdays } from './weekdays.ts';

const closed = { additionalProperties: false } as const;

const ClockTime = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
const EndTime = Type.String({ pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' });
const DateText = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });

/** From and to as the clock on the wall shows them; `to` does not belong to it. An end that is not later is the next day's. */
const HoursSchema = Type.Object({ from: ClockTime, to: EndTime }, closed);

const WeeklyHoursSchema = Type.Object(
  {
    days: Type.Array(Type.Enum([...weekdays]), { minItems: 1, maxItems: 7, uniqueItems: true }),
    from: ClockTime,
    to: EndTime,
  },
  closed,
);

/** The outcome of an `hours` node; several exceptions may share it, as public holidays do. */
const ExceptionName = Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,63}$' });

/** Days that are unlike others. */
export const CalendarExceptionSchema = Type.Object(
  {
    name: ExceptionName,
    /** What people call it, by language. */
    label: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' }),
        Type.String({ minLength: 1, maxLength: 200 }),
        closed,
      ),
    ),
    from: DateText,
    /** The last day; absent: one day. */
    to: Type.Optional(DateText),
    hours: Type.Union([
      Type.Literal('closed'),
      Type.Literal('open'),
      Type.Array(HoursSchema, { minItems: 1, maxItems: 20 }),
    ]),
  },
  closed,
);

/** Closed on the public holidays of a country, by its ISO 3166 code, and of one of its regions. */
const PublicHolidaysSchema = Type.Object(
  {
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    /** Absent: only what the whole country keeps. */
    region: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{1,3}$' })),
    /** Absent: `holiday`. */
    name: Type.Optional(ExceptionName),
  },
  closed,
);

/**
 * Opening hours. One-off exceptions come before holidays, these before public holidays, and of each the first that has the
 * day decides.
 */
export const CalendarSchema = Type.Object(
  {
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    weekly: Type.Array(WeeklyHoursSchema, { maxItems: 100 }),
    exceptions: Type.Optional(Type.Array(CalendarExceptionSchema, { maxItems: 500 })),
    holidays: Type.Optional(Type.Array(CalendarExceptionSchema, { maxItems: 500 })),
    publicHolidays: Type.Optional(PublicHolidaysSchema),
  },
  closed,
);

export type Hours = Static<typeof HoursSchema>;
export type PublicHolidays = Static<typeof PublicHolidaysSchema>;
export type CalendarException = Static<typeof CalendarExceptionSchema>;
export type Calendar = Static<typeof CalendarSchema>;
