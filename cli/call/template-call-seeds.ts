/** The template flows behind the calls of `simulator/scenarios/template-calls.ts`. */
import type { Calendar } from '../../contracts/flow/calendar/calendar.ts';
import { templateCalls } from '../../simulator/scenarios/template-calls.ts';
import type { SeedRequest } from '../seed/seed-tenant.ts';
import { templateNames } from '../templates/flow-template.ts';
import { templateSeed } from '../templates/template-seed.ts';

const dayMs = 86_400_000;

/** Calls come at any hour: what is open is open always, and what is closed has a holiday around this day. */
const always: Calendar = {
  timeZone: 'Europe/Prague',
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
  holidays: [{ name: 'holiday', from: '2199-12-25', hours: 'closed' }],
};
const onHoliday = (nowMs: number): Calendar => ({
  ...always,
  exceptions: [{ name: 'holiday', from: dateOf(nowMs - dayMs), to: dateOf(nowMs + dayMs), hours: 'closed' }],
});
const dateOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** The tenants of these calls have one template each, by the name of the call; its scenarios are played elsewhere. */
export const templateCallSeeds: Readonly<Record<string, (tenantId: string, crmPort: number) => Partial<SeedRequest>>> =
  Object.fromEntries(templateCalls.map(({ name }) => [name, (tenantId, crmPort) => seedOf(name, tenantId, crmPort)]));

function seedOf(call: string, tenantId: string, crmPort: number): Partial<SeedRequest> {
  const template = templateNames().find((each) => call.startsWith(`template-${each}`)) ?? '';
  const { scenarios: _elsewhere, ...seed } = templateSeed(template, { tenantId, crmPort });
  const calendar = template === 'opening-hours' ? onHoliday(Date.now()) : always;
  const calendars = Object.keys(seed.parts.calendars ?? {}).map((id) => [id, calendar] as const);
  return { ...seed, parts: { ...seed.parts, calendars: Object.fromEntries(calendars) } };
}
