import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

export interface Tenant {
  /** Letters, digits, `.`, `_` and `-`: it stands in workflow ids. */
  tenantId: string;
  name: string;
  /** Private `host:port` addresses that this tenant's tools may reach. */
  allowedPrivateHosts: readonly string[];
}

export function createTenantStore(database: Database) {
  return {
    /** Makes the tenant where it is missing; an existing one keeps its name and its addresses. */
    ensureTenant: async ({ tenantId, name, allowedPrivateHosts }: Tenant): Promise<void> => {
      const sql =
        'insert into tenants (id, name, allowed_private_hosts) values (?, ?, ?::jsonb) on conflict (id) do nothing';
      await database.forTenant(tenantId).execute(sql, [tenantId, name, toJsonb(allowedPrivateHosts)]);
    },

    setAllowedPrivateHosts: async ({ tenantId, allowedPrivateHosts }: Omit<Tenant, 'name'>): Promise<void> => {
      const sql = 'update tenants set allowed_private_hosts = ?::jsonb where id = ?';
      await database.forTenant(tenantId).execute(sql, [toJsonb(allowedPrivateHosts), tenantId]);
    },

    readTenant: async (tenantId: string): Promise<Tenant | undefined> => {
      const sql =
        'select id as "tenantId", name, allowed_private_hosts as "allowedPrivateHosts" from tenants where id = ?';
      const [tenant] = await database.forTenant(tenantId).execute<Tenant>(sql, [tenantId]);
      return tenant;
    },
  };
}
