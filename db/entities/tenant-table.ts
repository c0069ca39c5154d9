import { p, type PolicyDef } from '@mikro-orm/core';

/** The session variable that names the tenant of a job. Unset on a pooled connection it reads as an empty string. */
export const tenantVariable = 'app.tenant';

const ownTenant = (column: string): string => `${column} = nullif(current_setting('${tenantVariable}', true), '')`;

/** Binds every command on a table to the tenant of the job; forced, so that the owner of the table is bound as well. */
export function boundToTenant(column = 'tenant_id'): { policies: PolicyDef[]; rowLevelSecurity: 'force' } {
  const rule = ownTenant(column);
  return {
    policies: [{ name: 'tenant_isolation', command: 'all', using: rule, check: rule }],
    rowLevelSecurity: 'force',
  };
}

/** Columns that every tenant's table shares. Ids are chosen by tenants, hence unique within one only. */
export const tenantId = () => p.text().primary();
export const ownId = () => p.text().primary();
export const instant = () => p.datetime().columnType('timestamptz');
export const createdAt = () => instant().defaultRaw('now()');
