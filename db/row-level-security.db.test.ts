import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { definerFunctions, platformTables } from './platform-tables.ts';
import { applicationRole, lookupRole, ownerRole } from './roles.ts';

// These walk the database's own catalogue, not our list of entities.

let fixture: TestDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
});
afterAll(() => fixture.close());

const ours =
  "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp%'";

interface Table {
  name: string;
  enabled: boolean;
  forced: boolean;
  hasTenant: boolean;
  tenantNotNull: boolean;
  owner: string;
}

const tables = (): Promise<Table[]> =>
  query<Table>(
    fixture.adminUrl,
    `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       a.attname is not null as "hasTenant", coalesce(a.attnotnull, false) as "tenantNotNull", r.rolname as owner
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
     left join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
     where c.relkind in ('r', 'p', 'f', 'm') and ${ours} order by 1`,
  );

interface Policy {
  table: string;
  name: string;
  command: string;
  permissive: boolean;
  roles: string[];
  using: string | null;
  check: string | null;
}

const policies = (): Promise<Policy[]> =>
  query<Policy>(
    fixture.adminUrl,
    `select c.relname as table, p.polname as name, p.polcmd::text as command, p.polpermissive as permissive,
       array(select coalesce(r.rolname, 'public')::text from unnest(p.polroles) as role(id) left join pg_roles r on r.oid = role.id) as roles,
       pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
     from pg_policy p join pg_class c on c.oid = p.polrelid`,
  );

test('every table is bound to its tenant or stands in the list of the platform', async () => {
  const all = await tables();
  expect(all.length).toBeGreaterThanOrEqual(25);
  const unbound = all.filter(
    ({ enabled, forced, hasTenant, tenantNotNull }) => !(enabled && forced && hasTenant && tenantNotNull),
  );
  expect(unbound.map(({ name }) => name).toSorted()).toEqual(Object.keys(platformTables).toSorted());
  expect(all.filter(({ name }) => name === 'tenants')).toMatchObject([{ enabled: true, forced: true }]);
});

test("a tenant's table has one policy for everybody, by its own tenant, for reading and for writing", async () => {
  const all = await policies();
  const expected = (await tables())
    .filter(({ enabled }) => enabled)
    .map(({ name }) => {
      const rule = `(${name === 'tenants' ? 'id' : 'tenant_id'} = NULLIF(current_setting('app.tenant'::text, true), ''::text))`;
      const policy = { name: 'tenant_isolation', command: '*', permissive: true, roles: ['public'] };
      return { table: name, ...policy, using: rule, check: rule };
    });
  expect(expected.length).toBeGreaterThanOrEqual(22);
  const forEverybody = all.filter(({ roles }) => !roles.includes(lookupRole));
  expect(forEverybody.toSorted((a, b) => a.table.localeCompare(b.table))).toEqual(
    expected.toSorted((a, b) => a.table.localeCompare(b.table)),
  );
});

test('the lookup role reads a few columns of four tables and nothing else', async () => {
  const others = (await policies()).filter(({ roles }) => roles.includes(lookupRole));
  expect(others.map(({ table, command, roles }) => ({ table, command, roles }))).toEqual(
    expect.arrayContaining([
      { table: 'call_sessions', command: 'r', roles: [lookupRole] },
      { table: 'phone_numbers', command: 'r', roles: [lookupRole] },
      { table: 'provider_credentials', command: 'r', roles: [lookupRole] },
      { table: 'tenants', command: 'r', roles: [lookupRole] },
    ]),
  );
  expect(others).toHaveLength(4);
  const wholeTables = await query(
    fixture.adminUrl,
    'select table_name, privilege_type from information_schema.role_table_grants where grantee = $1',
    [lookupRole],
  );
  expect(wholeTables).toEqual([]);
  const personal = await query(
    fixture.adminUrl,
    `select column_name from information_schema.column_privileges where grantee = $1
     and column_name in ('from_number', 'to_number', 'sealed_resumption', 'outcome', 'flow_id')`,
    [lookupRole],
  );
  expect(personal).toEqual([]);
});

test('no role of ours escapes row-level security, and the application owns nothing', async () => {
  const roles = await query(
    fixture.adminUrl,
    `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname like 'switchboard%' order by 1`,
  );
  const plain = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false };
  expect(roles).toEqual([
    { rolname: applicationRole, ...plain, rolcanlogin: true },
    { rolname: lookupRole, ...plain, rolcanlogin: false },
    { rolname: ownerRole, ...plain, rolcanlogin: true },
  ]);
  expect(new Set((await tables()).map(({ owner }) => owner))).toEqual(new Set([ownerRole]));
  const memberships = await query(
    fixture.adminUrl,
    `select r.rolname as role, m.rolname as member, a.inherit_option as inherits from pg_auth_members a
     join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member where m.rolname like 'switchboard%'`,
  );
  expect(memberships).toEqual([{ role: lookupRole, member: ownerRole, inherits: false }]);
});

test('the application cannot make objects or change published rows', async () => {
  const [rights] = await query(
    fixture.adminUrl,
    `select has_schema_privilege($1, 'public', 'create') as "create",
       has_table_privilege($1, 'flow_versions', 'update, delete, truncate') as flows,
       has_table_privilege($1, 'assistant_versions', 'update, delete, truncate') as assistants,
       has_table_privilege($1, 'schema_migrations', 'insert, update, delete') as migrations`,
    [applicationRole],
  );
  expect(rights).toEqual({ create: false, flows: false, assistants: false, migrations: false });
});

test('views, where there are any, run with the rights of who asks', async () => {
  const views = await query(
    fixture.adminUrl,
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'v' and ${ours} and not coalesce(c.reloptions @> array['security_invoker=true'], false)`,
  );
  expect(views).toEqual([]);
});

test('the functions that see every tenant are exactly the listed ones, closed to the public', async () => {
  const functions = await query<{ name: string; owner: string; config: string[]; app: boolean; everybody: boolean }>(
    fixture.adminUrl,
    `select p.proname as name, r.rolname as owner, p.proconfig as config,
       has_function_privilege($1, p.oid, 'execute') as app,
       exists (select from aclexplode(p.proacl) where grantee = 0) as everybody
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
     where p.prosecdef and ${ours} order by 1`,
    [applicationRole],
  );
  expect(functions).toEqual(
    Object.keys(definerFunctions)
      .toSorted()
      .map((name) => ({ name, owner: lookupRole, config: ['search_path=""'], app: true, everybody: false })),
  );
});
