import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { allEntities } from './entities/all-entities.ts';
import { allMigrations } from './migrations/all-migrations.ts';

export const migrationsTable = 'schema_migrations';

/** What a MikroORM of ours is made of, whoever connects. Foreign keys stand in the migrations alone. */
export function ormOptions(url: string, driverOptions: Readonly<Record<string, unknown>> = {}) {
  return defineConfig({
    clientUrl: url,
    entities: allEntities,
    extensions: [Migrator],
    schemaGenerator: { createForeignKeyConstraints: false },
    migrations: { tableName: migrationsTable, migrationsList: allMigrations, snapshot: false, silent: true },
    driverOptions: { ...driverOptions },
    logger: () => undefined,
  });
}
