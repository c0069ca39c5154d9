import { Migration } from '@mikro-orm/migrations';
import { handToLookup } from './statements.ts';

/** Whose a number is, of the many tenants that may share an account of the carrier. */
export class NumberTenantsMigration extends Migration {
  override name = 'm0012-number-tenants';

  override up(): void {
    const statements = [
      'create index phone_numbers_number_index on phone_numbers (phone_number)',
      `create function number_tenants(of_number text) returns table (tenant_id text)
        language sql stable security definer set search_path = ''
        as $$ select n.tenant_id from public.phone_numbers n where n.phone_number = of_number $$`,
      ...handToLookup('number_tenants(text)'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
