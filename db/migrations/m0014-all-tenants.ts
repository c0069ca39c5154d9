import { Migration } from '@mikro-orm/migrations';
import { handToLookup } from './statements.ts';

/** Who all the tenants are, for what is done for each of them by turns. */
export class AllTenantsMigration extends Migration {
  override name = 'm0014-all-tenants';

  override up(): void {
    const statements = [
      'create policy lookup_reads on tenants for select to switchboard_lookup using (true)',
      'grant select (id) on tenants to switchboard_lookup',
      `create function all_tenants() returns table (tenant_id text)
        language sql stable security definer set search_path = ''
        as $$ select t.id from public.tenants t $$`,
      ...handToLookup('all_tenants()'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
