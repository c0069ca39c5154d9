import { Migration } from '@mikro-orm/migrations';

/** What flows mark calls with. */
export class CallTagsMigration extends Migration {
  override name = 'm0011-call-tags';

  override up(): void {
    this.addSql(`alter table call_sessions add column tags jsonb not null default '[]'`);
  }
}
