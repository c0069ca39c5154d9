import { Value } from 'typebox/value';
import { calendarProblems } from '../../../contracts/flow/calendar/calendar-problems.ts';
import type { Calendar } from '../../../contracts/flow/calendar/calendar.ts';
import { type SpecialDay, specialDays } from '../../../contracts/flow/calendar/special-days.ts';
import { AppError } from '../../../contracts/errors.ts';
import { Reference } from '../../../contracts/flow/schema-parts.ts';
import { localize } from '../../../contracts/languages.ts';
import { readJson } from '../../running/read-json.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type CommandResult, type FlowCommand, tenantOf } from '../flow-command.ts';
import { type FlowStores, withFlowStores } from '../open-flow-stores.ts';

export const calendarCommand: FlowCommand = {
  usage: '[ID [FILE]]',
  summary: 'lists the calendars, prints one with its days off to come, or puts a file in its place',
  options: {},
  run: async ({ positionals: [calendarId, file, ...more], options, env, language }) => {
    if (more.length > 0) throw new WrongUsage('name one calendar by its id, and the file that takes its place');
    const tenantId = tenantOf(options);
    if (calendarId === undefined)
      return withFlowStores(env, async ({ calendars }) => listed(tenantId, await calendars.readCalendars(tenantId)));
    const isId: boolean = Value.Check(Reference, calendarId);
    if (!isId)
      throw new WrongUsage(`"${calendarId}" is no id of a calendar: letters without accents, digits, ., _, :, @ and -`);
    if (file === undefined) return withFlowStores(env, (stores) => printed(stores, { tenantId, calendarId, language }));
    const wanted = await readJson(file);
    return withFlowStores(env, (stores) => stored(stores, { tenantId, calendarId, language }, wanted));
  },
};

interface Named {
  tenantId: string;
  calendarId: string;
  language: string;
}

function listed(tenantId: string, calendars: Readonly<Record<string, Calendar>>): CommandResult {
  const lines = Object.entries(calendars).map(([id, calendar]) => `${id}  ${summaryOf(calendar)}`);
  return { lines: lines.length > 0 ? lines : [`tenant ${tenantId} has no calendars`], json: { tenantId, calendars } };
}

async function printed({ calendars }: FlowStores, { tenantId, calendarId, language }: Named): Promise<CommandResult> {
  const calendar = (await calendars.readCalendars(tenantId))[calendarId];
  if (!calendar) {
    const hint = 'npm run flow -- calendar lists those that are';
    throw new AppError('calendar-unknown', `tenant ${tenantId} has no calendar ${calendarId}: ${hint}`);
  }
  const days = specialDays(calendar, Date.now());
  return {
    lines: days.map((day) => dayLine(day, language)),
    json: { calendarId, calendar, days },
    raw: `${JSON.stringify(calendar, null, 2)}\n`,
  };
}

async function stored(
  { calendars, publisher }: FlowStores,
  { tenantId, calendarId, language }: Named,
  wanted: unknown,
): Promise<CommandResult> {
  const before = new Set(await publisher.outdatedFlows(tenantId));
  const calendar = await calendars.storeCalendar(tenantId, { calendarId, calendar: wanted });
  const outdated = (await publisher.outdatedFlows(tenantId)).filter((flowId) => !before.has(flowId));
  const days = specialDays(calendar, Date.now());
  const problems = calendarProblems(calendar, Date.now());
  return {
    lines: [
      ...days.map((day) => dayLine(day, language)),
      ...problems.map(({ at, message }) => `warning ${at || '/'}: ${localize({ ...message }, language)}`),
      `calendar ${calendarId} is stored`,
      ...outdated.map((flowId) => `${flowId} asks it as it was until: npm run flow -- publish ${flowId}`),
    ],
    json: { calendarId, calendar, days, problems, outdated },
  };
}

function summaryOf({ timeZone, weekly, exceptions = [], holidays = [], publicHolidays }: Calendar): string {
  const parts = [
    timeZone,
    ...counted(weekly.length, 'interval a week', 'intervals a week'),
    ...counted(exceptions.length, 'exception', 'exceptions'),
    ...counted(holidays.length, 'holiday', 'holidays'),
  ];
  if (publicHolidays) parts.push(`public holidays of ${publicHolidays.country} ${publicHolidays.region ?? ''}`.trim());
  return parts.join(', ');
}

function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

function dayLine({ date, name, label, hours }: SpecialDay, language: string): string {
  const called = label ? ` (${localize(label, language)})` : '';
  return `${date}  ${hours === 'other' ? 'other hours' : hours}: ${name}${called}`;
}
