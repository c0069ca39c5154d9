import type { Database } from './database.ts';

interface Named {
  id: string;
  name: string;
}

/** Queues and the people who take calls, by the names that flows use. */
export function createNameStore(database: Database) {
  const store =
    (table: 'queues' | 'agents') =>
    async (tenantId: string, { id, name }: Named): Promise<void> => {
      const sql = `insert into ${table} (tenant_id, id, name) values (?, ?, ?)
        on conflict (tenant_id, id) do update set name = excluded.name, updated_at = now()`;
      await database.forTenant(tenantId).execute(sql, [tenantId, id, name]);
    };
  return { storeQueue: store('queues'), storeAgent: store('agents') };
}
