import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { AppError } from '../contracts/errors.ts';
import { asDatabaseFailure } from './database-failure.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { ormOptions } from './orm-options.ts';

/** Any number will do that nothing else in this database locks. */
const migrationLock = 7_291_530;
const lockTimeoutMs = 60_000;

/**
 * Brings the database of `url` (as its owner) up to this code and returns the names of the migrations that ran.
 * One process migrates at a time; the others wait. A database that knows a migration which this code does not is refused.
 */
export async function migrate(url: string): Promise<string[]> {
  const lock = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  lock.on('error', () => undefined);
  const orm = new MikroORM(ormOptions(url));
  try {
    await lock.connect();
    await lock.query(`set lock_timeout = ${lockTimeoutMs}`);
    await lock.query('select pg_advisory_lock($1)', [migrationLock]);
    const known = new Set(allMigrations.map(({ name }) => name));
    const unknown = (await orm.migrator.getExecuted()).map(({ name }) => name).filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new AppError(
        'database-newer-than-code',
        `the database was migrated by a newer version (${unknown.join(', ')}): run that version or restore a backup`,
      );
    }
    return (await orm.migrator.up()).map(({ name }) => name);
  } catch (failure) {
    throw asDatabaseFailure(failure);
  } finally {
    await orm.close();
    await lock.end().catch(() => undefined);
  }
}
