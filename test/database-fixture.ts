import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { openDatabase, type Database } from '../db/database.ts';
import { databaseUrls, prepareDatabase, type DatabaseUrls } from '../db/prepare-database.ts';
import { createTenantStore } from '../db/tenants.ts';
import { templateDatabase } from './database-global-setup.ts';

export interface TestDatabase extends DatabaseUrls {
  /** Superuser on this database: for looking past row-level security. */
  adminUrl: string;
  database: Database;
  close(): Promise<void>;
}

/** A migrated database of the test file's own, copied in a few milliseconds. Call `close` when the file is done. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = await createEmptyDatabase(`template ${templateDatabase} strategy file_copy`);
  const urls = databaseUrls(inject('databaseAdminUrl'), name.name);
  const database = openDatabase({ url: urls.applicationUrl });
  return {
    ...urls,
    adminUrl: name.adminUrl,
    database,
    close: async () => {
      await database.close();
      await name.drop();
    },
  };
}

export interface EmptyDatabase extends DatabaseUrls {
  name: string;
  adminUrl: string;
  drop(): Promise<void>;
}

/** A database with its roles, and no table unless `from` names a template. */
export async function createEmptyDatabase(from = ''): Promise<EmptyDatabase> {
  const clusterUrl = inject('databaseAdminUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(clusterUrl, `create database ${name} owner switchboard_owner ${from}`);
  const urls = await prepareDatabase({ adminUrl: clusterUrl, name });
  const adminUrl = Object.assign(new URL(clusterUrl), { pathname: `/${name}` }).href;
  return {
    ...urls,
    name,
    adminUrl,
    drop: async () => void (await query(clusterUrl, `drop database ${name} with (force)`)),
  };
}

/** One statement on a connection of its own. */
export async function query<Row extends object = Record<string, unknown>>(
  url: string,
  sql: string,
  params: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, params)).rows;
  } finally {
    await client.end();
  }
}

/** Tenants `acme` and `other`, for tests of what one may see of the other. */
export async function addTenants(database: Database): Promise<void> {
  const tenants = createTenantStore(database);
  await tenants.ensureTenant({ tenantId: 'acme', name: 'Acme', allowedPrivateHosts: ['127.0.0.1:4030'] });
  await tenants.ensureTenant({ tenantId: 'other', name: 'Other', allowedPrivateHosts: [] });
}
