import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import type { Scope } from './database.ts';
import { createLookups } from './lookups.ts';
import { createTurnStore } from './turns.ts';
import { openDatabase } from './database.ts';

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  for (const tenantId of ['acme', 'other']) {
    await fixture.database.forTenant(tenantId).run(async (em) => {
      await em.execute(
        `insert into users (tenant_id, id, email, display_name, role) values (?, 'u1', 'u@example.com', 'U', 'admin')`,
        [tenantId],
      );
      await em.execute(`insert into call_sessions (tenant_id, call_id, from_number) values (?, ?, '+420600000001')`, [
        tenantId,
        `CA-${tenantId}`,
      ]);
    });
  }
});
afterAll(() => fixture.close());

const acme = (): Scope => fixture.database.forTenant('acme');
const count = async (scope: Scope, sql: string, params: unknown[] = []): Promise<number> =>
  scope.run(async (em) => (await em.execute(sql, params)).length);

test('reads its own rows and no others', async () => {
  const tenants = await acme().run((em) =>
    em.execute<{ id: string }[]>('select tenant_id as id from users union select id from tenants'),
  );
  expect(tenants).toEqual([{ id: 'acme' }]);
  expect(await count(acme(), `select 1 from users where tenant_id = 'other'`)).toBe(0);
});

test('cannot insert a row of another tenant', async () => {
  const insert = `insert into users (tenant_id, id, email, display_name, role) values ('other', 'u2', 'x@example.com', 'X', 'admin')`;
  await expect(count(acme(), insert)).rejects.toMatchObject({ sqlState: '42501' });
});

test('cannot move a row to another tenant, nor change or delete one of another', async () => {
  await expect(count(acme(), `update users set tenant_id = 'other' where id = 'u1'`)).rejects.toMatchObject({
    sqlState: '42501',
  });
  expect(await count(acme(), `update users set role = 'owned' where tenant_id = 'other' returning 1 as done`)).toBe(0);
  expect(await count(acme(), `delete from users where tenant_id = 'other' returning 1 as done`)).toBe(0);
  expect(await query(fixture.adminUrl, 'select tenant_id, role from users order by 1')).toEqual([
    { tenant_id: 'acme', role: 'admin' },
    { tenant_id: 'other', role: 'admin' },
  ]);
});

test('a job without a tenant sees nothing and writes nothing', async () => {
  const platform = fixture.database.platform;
  expect(await count(platform, 'select 1 from users')).toBe(0);
  expect(await count(platform, 'select 1 from tenants')).toBe(0);
  await expect(count(platform, `insert into tenants (id, name) values ('new', 'New')`)).rejects.toMatchObject({
    sqlState: '42501',
  });
});

test('the tenant does not stay behind on a pooled connection', async () => {
  const database = openDatabase({ url: fixture.applicationUrl, poolSize: 1 });
  try {
    const pid = "select pg_backend_pid() as pid, current_setting('app.tenant', true) as tenant";
    const inside = await database.forTenant('acme').run((em) => em.execute(pid));
    const after = await database.platform.run((em) => em.execute(pid));
    expect(inside).toMatchObject([{ tenant: 'acme' }]);
    // The same connection; a variable that was set once and is unset reads as an empty string, which is no tenant.
    expect(after).toEqual([{ ...inside[0], tenant: '' }]);
    expect(await count(database.platform, 'select 1 from users')).toBe(0);
    await expect(database.forTenant('acme').run((em) => em.execute('select 1 / 0'))).rejects.toMatchObject({
      sqlState: '22012',
    });
    expect(await count(database.platform, 'select 1 from users')).toBe(0);
    expect(await count(database.forTenant('other'), `select 1 from users where tenant_id = 'acme'`)).toBe(0);
  } finally {
    await database.close();
  }
});

test("tenants work side by side on one pool without seeing each other's rows", async () => {
  const seen = await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      const tenantId = i % 2 ? 'acme' : 'other';
      return fixture.database.forTenant(tenantId).run(async (em) => {
        const rows = await em.execute<{ tenant: string }[]>('select tenant_id as tenant from users, pg_sleep(0.005)');
        return rows.every(({ tenant }) => tenant === tenantId) && rows.length === 1;
      });
    }),
  );
  expect(seen).not.toContain(false);
});

test('the owner of the tables is bound as well, and a superuser is refused as application', async () => {
  expect(await query(fixture.migrationUrl, 'select 1 from users')).toEqual([]);
  for (const url of [fixture.adminUrl, fixture.migrationUrl]) {
    const database = openDatabase({ url });
    await expect(database.platform.run((em) => em.execute('select 1'))).rejects.toMatchObject({
      code: 'database-role-unbound',
    });
    await database.close();
  }
});

test('a row cannot name what belongs to another tenant', async () => {
  await fixture.database
    .forTenant('other')
    .run((em) => em.execute(`insert into flows (tenant_id, id, name, draft) values ('other', 'f', 'F', '{}')`));
  const number = `insert into phone_numbers (tenant_id, id, phone_number, account_id, flow_id, language, degraded_plan)
    values ('acme', 'n', '+420200000000', 'AC1', 'f', 'cs-CZ', '{}')`;
  await expect(count(acme(), number)).rejects.toMatchObject({ sqlState: '23503' });
});

test('lookups give away what is listed: the tenant of a call, and nothing of what is in it', async () => {
  const lookups = createLookups(fixture.database);
  expect(await lookups.callTenant('CA-other')).toBe('other');
  expect(await lookups.callTenant('CA-nobody')).toBeUndefined();
  const live = await lookups.liveCalls();
  expect(live.map(({ tenantId }) => tenantId).toSorted()).toEqual(['acme', 'other']);
  expect(JSON.stringify(live)).not.toContain('+420600000001');
  expect(await createTurnStore(fixture.database).readTurns({ tenantId: 'acme', callId: 'CA-other' })).toEqual([]);
});

test('a refusal names the rule, never a value of the row', async () => {
  const insert = `insert into users (tenant_id, id, email, display_name, role) values ('acme', 'u3', 'u@example.com', 'Jan Novák', 'admin')`;
  const failure: unknown = await count(acme(), insert).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ sqlState: '23505', constraint: 'users_email_unique' });
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toMatch(/example\.com|Novák/);
});
