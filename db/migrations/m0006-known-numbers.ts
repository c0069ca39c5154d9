import { Migration } from '@mikro-orm/migrations';
import { handToLookup } from './statements.ts';

/** Which numbers there are: an API learns them all before anybody calls, for the time when the database is away. */
export class KnownNumbersMigration extends Migration {
  override name = 'm0006-known-numbers';

  override up(): void {
    const statements = [
      'create policy lookup_reads on phone_numbers for select to switchboard_lookup using (true)',
      'grant select (tenant_id, phone_number, account_id) on phone_numbers to switchboard_lookup',
      `create function known_numbers()
        returns table (tenant_id text, phone_number text, account_id text)
        language sql stable security definer set search_path = ''
        as $$ select n.tenant_id, n.phone_number, n.account_id from public.phone_numbers n $$`,
      ...handToLookup('known_numbers()'),
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
