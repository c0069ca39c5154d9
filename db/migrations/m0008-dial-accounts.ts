import { Migration } from '@mikro-orm/migrations';

/** When each account of the carrier dials next: tenants may share one, so that its row is the platform's. */
export class DialAccountsMigration extends Migration {
  override name = 'm0008-dial-accounts';

  override up(): void {
    const statements = [
      `create table dial_accounts (
        account_id text not null,
        queue jsonb not null,
        touched_at timestamptz not null default now(),
        primary key (account_id))`,
      'grant select, insert, update on dial_accounts to switchboard_app',
    ];
    for (const statement of statements) this.addSql(statement);
  }
}
