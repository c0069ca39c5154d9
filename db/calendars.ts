import { readCalendar } from '../contracts/flow/calendar/read-calendar.ts';
import type { Calendar } from '../contracts/flow/calendar/calendar.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

/** The tenants' opening hours. A published flow carries its own copy: a change counts from the next publishing on. */
export function createCalendarStore({ database, nowMs }: { database: Database; nowMs: () => number }) {
  return {
    /** Returns it as it is kept. Throws `document-invalid` with what is wrong. */
    storeCalendar: async (
      tenantId: string,
      { calendarId, name = calendarId, calendar }: { calendarId: string; name?: string; calendar: unknown },
    ): Promise<Calendar> => {
      const definition = readCalendar(calendar, calendarId, nowMs());
      await database.forTenant(tenantId).execute(storeSql, [tenantId, calendarId, name, toJsonb(definition)]);
      return definition;
    },

    readCalendars: async (tenantId: string): Promise<Record<string, Calendar>> => {
      const rows = await database
        .forTenant(tenantId)
        .execute<{ id: string; definition: Calendar }>(
          'select id, definition from calendars where tenant_id = ? order by id',
          [tenantId],
        );
      return Object.fromEntries(rows.map(({ id, definition }) => [id, definition]));
    },
  };
}

const storeSql = `insert into calendars (tenant_id, id, name, definition) values (?, ?, ?, ?::jsonb)
  on conflict (tenant_id, id) do update set name = excluded.name, definition = excluded.definition, updated_at = now()`;
