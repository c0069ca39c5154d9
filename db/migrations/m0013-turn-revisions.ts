import { Migration } from '@mikro-orm/migrations';

/** Which version of a turn is the newest: a gateway that was taken for dead may write beside the one that took its spool. */
export class TurnRevisionsMigration extends Migration {
  override name = 'm0013-turn-revisions';

  override up(): void {
    this.addSql('alter table transcripts add column revision int not null default 0');
  }
}
