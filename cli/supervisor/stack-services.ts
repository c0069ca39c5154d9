/** Postgres and Temporal of a stack: found by address, or started here. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { assertRoleIsBound, prepareDatabase } from '../../db/prepare-database.ts';
import { startDevServer } from '../../temporal/dev-server.ts';
import { findTemporalCli } from '../../temporal/find-cli.ts';
import type { Addresses } from './child-env.ts';
import type { Plan } from './process-plan.ts';
import type { StackOptions, StackParts } from './stack-parts.ts';
import { superviseService } from './supervised-service.ts';

const abortGraceMs = 3000;

/** Both at once; adds the database's addresses when it is up, migrated and safe to use. */
export async function startServices(
  options: StackOptions,
  plan: Plan,
  parts: StackParts,
  addresses: Addresses,
): Promise<void> {
  const starts = Promise.allSettled([
    startDatabase(options, plan, parts, addresses),
    startTemporal(options, plan, parts),
  ]);
  // What is half started is waited for, so that it can be stopped; but not for a download.
  const impatience = aborted(options.signal).then(() =>
    delay<PromiseSettledResult<void>[]>(abortGraceMs, [], { ref: false }),
  );
  const failed = (await Promise.race([starts, impatience])).find(isRejected);
  if (failed) throw failed.reason;
}

async function startDatabase(
  options: StackOptions,
  plan: Plan,
  parts: StackParts,
  addresses: Addresses,
): Promise<void> {
  const { config, dataDir, say } = options;
  const log = (line: string): void => say('postgres', line);
  if (plan.startsPostgres) {
    const serverDir = join(dataDir, 'postgres');
    parts.postgres = await superviseService({
      say: log,
      nowMs: () => performance.now(),
      start: async () => {
        const server = await startEmbeddedPostgres({ dataDir: serverDir, port: config.DATABASE_PORT, log });
        const pid = await postmasterPid(serverDir);
        if (pid) void server.ended.then(parts.guard.watch(pid, 'SIGINT'));
        return server;
      },
    });
    const { adminUrl, port } = parts.postgres.current();
    const { applicationUrl, migrationUrl } = await prepareDatabase({ adminUrl });
    Object.assign(addresses, { DATABASE_URL: applicationUrl, DATABASE_MIGRATION_URL: migrationUrl });
    log(`embedded, on 127.0.0.1:${port}`);
  } else if (config.DATABASE_URL) {
    log('given by DATABASE_URL');
  } else {
    return;
  }
  const migrationUrl = addresses.DATABASE_MIGRATION_URL ?? config.DATABASE_MIGRATION_URL;
  if (migrationUrl) {
    const done = await migrate(migrationUrl);
    log(done.length > 0 ? `${done.length} migrations ran` : 'the schema is up to date');
  }
  await assertRoleIsBound(addresses.DATABASE_URL ?? config.DATABASE_URL ?? '');
}

async function startTemporal(
  { config, dataDir, env, say }: StackOptions,
  plan: Plan,
  parts: StackParts,
): Promise<void> {
  const log = (line: string): void => say('temporal', line);
  if (!plan.startsTemporal) {
    if (config.TEMPORAL_ADDRESS) log('given by TEMPORAL_ADDRESS');
    return;
  }
  const cliPath = await findTemporalCli({
    ...(config.TEMPORAL_CLI && { cliPath: config.TEMPORAL_CLI }),
    searchPath: env['PATH'] ?? '',
    binDir: join(dataDir, 'bin'),
    say: log,
  });
  parts.temporal = await superviseService({
    say: log,
    nowMs: () => performance.now(),
    start: async () => {
      const server = await startDevServer({
        cliPath,
        port: config.TEMPORAL_PORT,
        uiPort: config.TEMPORAL_UI_PORT,
        dbFile: join(dataDir, 'temporal.db'),
        codecEndpoint: `http://127.0.0.1:${config.CODEC_PORT}`,
      });
      void server.exited.then(parts.guard.watch(server.pid));
      return { ...server, ended: server.exited };
    },
  });
  log(`a local server, on 127.0.0.1:${config.TEMPORAL_PORT}`);
}

/** The first line of Postgres's own pid file. */
export async function postmasterPid(serverDir: string): Promise<number | undefined> {
  const text = await readFile(join(serverDir, 'cluster', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

const isRejected = (result: PromiseSettledResult<void>): result is PromiseRejectedResult =>
  result.status === 'rejected';

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
