import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from './database.ts';
import { createLookups } from './lookups.ts';
import type { Sealer } from './sealing.ts';

/** A column of a tenant's table that holds sealed values, and what names a row within its tenant. */
interface SealedColumn {
  table: 'provider_credentials' | 'webhooks' | 'recordings';
  id: string;
  column: string;
}

/** What stands sealed for long. A model's resumption handle is of use for as long as its call. */
const columns: readonly SealedColumn[] = [
  { table: 'provider_credentials', id: 'id', column: 'sealed_secret' },
  { table: 'webhooks', id: 'id', column: 'sealed_secret' },
  { table: 'recordings', id: 'recording_id', column: 'sealed_key' },
];

/** All that tenants have sealed, for who changes the key-encryption key. */
export function createSealedValues({ database, sealer }: { database: Database; sealer: Sealer }) {
  async function ofAll(dry: boolean): Promise<number> {
    let count = 0;
    for (const tenantId of await createLookups(database).allTenants())
      count += await database.forTenant(tenantId).run(async (em) => {
        let ofTenant = 0;
        for (const column of columns) ofTenant += await rewrapColumn(em, { sealer, tenantId, dry }, column);
        return ofTenant;
      });
    return count;
  }
  return {
    /** How many are under an older key. Fails with `secret-unreadable` where one is under a key that is not at hand. */
    countOlder: (): Promise<number> => ofAll(true),
    /** Brings all under the current key, a tenant at a time; returns how many changed. */
    rewrap: (): Promise<number> => ofAll(false),
  };
}

/** Returns how many values are, or were, under an older key. */
async function rewrapColumn(
  em: EntityManager,
  { sealer, tenantId, dry = false }: { sealer: Sealer; tenantId: string; dry?: boolean },
  { table, id, column }: SealedColumn,
): Promise<number> {
  const rows = await em.execute<{ id: string; sealed: string }[]>(
    `select ${id} as id, ${column} as sealed from ${table} where tenant_id = ? and ${column} is not null for update`,
    [tenantId],
  );
  let changed = 0;
  for (const row of rows) {
    const rewrapped = await sealer.rewrap(row.sealed);
    if (rewrapped === row.sealed) continue;
    changed += 1;
    if (!dry)
      await em.execute(`update ${table} set ${column} = ? where tenant_id = ? and ${id} = ?`, [
        rewrapped,
        tenantId,
        row.id,
      ]);
  }
  return changed;
}
