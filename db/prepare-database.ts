import { createHmac } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { AppError } from '../contracts/errors.ts';
import { asDatabaseFailure } from './database-failure.ts';
import { applicationRole, ownerRole, roleStatements } from './roles.ts';

/** Roles belong to the whole cluster: two at once would meet in the same row. */
const preparationLock = 7_291_531;

export interface DatabaseUrls {
  /** The owner's: for `migrate`. */
  migrationUrl: string;
  /** The application's: for `openDatabase`. */
  applicationUrl: string;
}

/**
 * Makes roles and database in a cluster of our own, where `adminUrl` is a superuser. Repeatable: the passwords of the
 * two roles are derived from the administrator's and set anew each time.
 *
 * An operator who brings a Postgres does the same once by hand (`roleStatements`, passwords of his choice, a database
 * owned by `switchboard_owner`) and gives us two URLs: DATABASE_MIGRATION_URL as owner, DATABASE_URL as application.
 */
export async function prepareDatabase({
  adminUrl,
  name = 'switchboard',
}: {
  adminUrl: string;
  name?: string;
}): Promise<DatabaseUrls> {
  const urls = databaseUrls(adminUrl, name);
  await asAdmin(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [preparationLock]); // until the connection ends
    for (const statement of roleStatements) await admin.query(statement);
    for (const url of [urls.migrationUrl, urls.applicationUrl]) {
      const { username, password } = new URL(url);
      await admin.query(`alter role ${escapeIdentifier(username)} password ${escapeLiteral(password)}`);
    }
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await admin.query(`create database ${escapeIdentifier(name)} owner ${ownerRole}`);
    await admin.query(`revoke all on database ${escapeIdentifier(name)} from public`);
    await admin.query(`grant connect on database ${escapeIdentifier(name)} to ${applicationRole}`);
  });
  return urls;
}

/** The URLs of a prepared database, by the same derivation. */
export function databaseUrls(adminUrl: string, name = 'switchboard'): DatabaseUrls {
  const asRole = (role: string): string => {
    const url = new URL(adminUrl);
    const password = createHmac('sha256', decodeURIComponent(url.password)).update(role).digest('base64url');
    return Object.assign(url, { username: role, password, pathname: `/${name}` }).href;
  };
  return { migrationUrl: asRole(ownerRole), applicationUrl: asRole(applicationRole) };
}

/** Refuses an application URL whose role escapes row-level security: by its own rights or by a role it belongs to. */
export async function assertRoleIsBound(applicationUrl: string): Promise<void> {
  await asAdmin(applicationUrl, async (client) => {
    const { rows } = await client.query<{ role: string }>(unboundRoleQuery);
    const [unbound] = rows;
    if (unbound) throw new AppError('database-role-unbound', unboundMessage(unbound.role));
  });
}

/** Every role that the session could act as and that row-level security would not bind, or that owns our tables. */
const unboundRoleQuery = `select r.rolname as role from pg_catalog.pg_roles r
  where pg_catalog.pg_has_role(session_user, r.oid, 'member')
    and (r.rolsuper or r.rolbypassrls or exists (
      select from pg_catalog.pg_class c
      where c.relowner = r.oid and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relrowsecurity))`;

const unboundMessage = (role: string): string =>
  `row-level security would not bind the application's database role (it acts as ${role}): set DATABASE_URL to a plain role such as ${applicationRole}`;

async function asAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (failure) {
    throw asDatabaseFailure(failure);
  } finally {
    await client.end().catch(() => undefined);
  }
}
