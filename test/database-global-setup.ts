import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { prepareDatabase } from '../db/prepare-database.ts';

/** The migrated database that every test file's own one is copied from. */
export const templateDatabase = 'switchboard_template';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser on the test server's database `postgres`. */
    databaseAdminUrl: string;
  }
}

/** One server for all test files, in a folder of its own that the server's account can reach. */
export default async function startServer({ provide }: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-test-postgres-'));
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, port: 0, log: () => undefined, durable: false });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { migrationUrl } = await prepareDatabase({ adminUrl: server.adminUrl, name: templateDatabase });
    await migrate(migrationUrl);
  } catch (failure) {
    await stop();
    throw failure;
  }
  provide('databaseAdminUrl', server.adminUrl);
  return stop;
}
