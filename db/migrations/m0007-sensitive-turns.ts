import { Migration } from '@mikro-orm/migrations';

/** A turn in which the caller typed something sensitive has no text, and none is missing. */
export class SensitiveTurnsMigration extends Migration {
  override name = 'm0007-sensitive-turns';

  override up(): void {
    this.addSql('alter table transcripts add column sensitive boolean not null default false');
  }
}
