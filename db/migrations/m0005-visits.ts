import { Migration } from '@mikro-orm/migrations';

/** Several assistants may speak in one epoch: a stored outcome says whose it is. */
export class VisitsMigration extends Migration {
  override name = 'm0005-visits';

  override up(): void {
    this.addSql('alter table call_sessions add column outcome_visit int null');
  }
}
