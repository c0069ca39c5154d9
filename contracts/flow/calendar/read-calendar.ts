import { Compile } from 'typebox/compile';
import { AppError } from '../../errors.ts';
import { calendarProblems } from './calendar-problems.ts';
import { type Calendar, CalendarSchema } from './calendar.ts';

const schema = Compile(CalendarSchema);

/** A calendar as people hand it in. Throws `document-invalid` with all that is wrong with it; `nowMs` tells what is past. */
export function readCalendar(json: unknown, calendarId: string, nowMs: number): Calendar {
  const faults = schema.Check(json)
    ? calendarProblems(json, nowMs)
        .filter(({ severity }) => severity === 'error')
        .map(({ message }) => message.en)
    : schema.Errors(json).map(({ instancePath, message }) => `${instancePath || 'calendar'}: ${message}`);
  if (faults.length === 0 && schema.Check(json)) return json;
  throw new AppError('document-invalid', `the calendar ${calendarId}: ${faults.join('; ')}`);
}
