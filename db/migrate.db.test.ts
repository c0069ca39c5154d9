import { MikroORM } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { createEmptyDatabase, query } from '../test/database-fixture.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { ormOptions } from './orm-options.ts';

const names = allMigrations.map(({ name }) => name);

test('processes that start at once migrate once', async () => {
  const empty = await createEmptyDatabase();
  const ran = await Promise.all(Array.from({ length: 4 }, () => migrate(empty.migrationUrl)));
  expect(ran.filter((list) => list.length > 0)).toEqual([names]);
  expect(await migrate(empty.migrationUrl)).toEqual([]);
  await empty.drop();
});

test('a database newer than the code is refused by name and left alone', async () => {
  const empty = await createEmptyDatabase();
  await migrate(empty.migrationUrl);
  await query(empty.migrationUrl, `insert into schema_migrations (name) values ('m9999-future')`);
  await expect(migrate(empty.migrationUrl)).rejects.toMatchObject({
    code: 'database-newer-than-code',
    message: expect.stringContaining('m9999-future'),
  });
  await empty.drop();
});

test('a process on a database that was not migrated is not ready, and says what is missing', async () => {
  const empty = await createEmptyDatabase();
  await migrate(empty.migrationUrl);
  await query(empty.migrationUrl, 'delete from schema_migrations where name = $1', [names.at(-1)]);
  const database = openDatabase({ url: empty.applicationUrl });
  await expect(database.ready()).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining(String(names.at(-1))),
  });
  await database.close();
  await empty.drop();
});

test('a database that is away is said to be so', async () => {
  const url = 'postgresql://switchboard_owner:x@127.0.0.1:1/nowhere';
  await expect(migrate(url)).rejects.toMatchObject({ code: 'database-unavailable' });
});

test('migrations and entities describe the same tables', async () => {
  const empty = await createEmptyDatabase();
  await migrate(empty.migrationUrl);
  const orm = new MikroORM(ormOptions(empty.migrationUrl));
  const difference = (await orm.schema.getUpdateSchemaSQL({ wrap: false })).split('\n').filter((line) => line !== '');
  // What only the migrations say: keys to other tables, checks, the lookups with their policies, the triggers.
  const said = /^drop (trigger|function)|drop constraint "\w+_(fkey|check)";$|^drop policy "lookup_reads"/;
  expect(difference.filter((line) => !said.test(line))).toEqual([]);
  await orm.close();
  await empty.drop();
});
