import type { Static } from 'typebox';
import { calendarAt } from '../calendar/calendar-at.ts';
import { holidayName } from '../calendar/public-holidays.ts';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { nodeSchema, Reference } from '../schema-parts.ts';
import { own } from '../own.ts';

const schema = nodeSchema('hours', { calendarId: Reference });
type HoursNode = Static<typeof schema>;
interface CompiledHours extends CompiledNode {
  calendarId: string;
}

export const hoursNode: NodeSpec<HoursNode, CompiledHours> = {
  type: 'hours',
  schema,
  summary: {
    en: 'Goes on by opening hours, holidays and other exceptions.',
    cs: 'Rozhodne podle otevírací doby, svátků a výjimek.',
  },
  waits: 'nothing',
  help: {
    calendarId:
      'The calendar; each of its exceptions is an outcome by its name, public holidays as `holiday` unless it says otherwise.',
  },
  example: {
    type: 'hours',
    calendarId: 'shop',
    edges: { open: 'menu', closed: 'voicemail', holiday: 'holiday-words' },
  },
  isLive: () => true,
  outcomes: ({ calendarId }, { calendars }) => {
    const { exceptions = [], holidays = [], publicHolidays } = own(calendars, calendarId) ?? {};
    const byLaw = publicHolidays ? [{ name: publicHolidays.name ?? holidayName }] : [];
    return [...new Set(['open', 'closed', ...[...exceptions, ...holidays, ...byLaw].map(({ name }) => name)])];
  },
  compile: (node, compiler) => {
    compiler.calendar(node.calendarId);
    return node;
  },
  enter: ({ calendarId, edges }, visit) => {
    const calendar = visit.calendar(calendarId);
    if (!calendar) {
      visit.note(`the calendar "${calendarId}" did not come with the flow, which counts as closed`);
      return leave('closed');
    }
    const { state, untilMs } = calendarAt(calendar, visit.atMs);
    const outcome = typeof state === 'string' ? state : state.exception;
    const until = untilMs === undefined ? '' : ` until ${new Date(untilMs).toISOString()}`;
    visit.because(`at ${new Date(visit.atMs).toISOString()} the calendar "${calendarId}" says ${outcome}${until}`);
    for (const other of Object.keys(edges)) if (other !== outcome) visit.lost(other, `the calendar says ${outcome}`);
    return leave(outcome);
  },
};
