/**
 * The local Temporal server: one tuned `temporal server start-dev` on loopback, in a process group of its own, so that a
 * terminal's Ctrl-C reaches the supervisor alone.
 *
 * 1. The stock settings are 2 to 4 times too slow: one shard polls its transfer queue 20 times a second, and no timer
 *    fires before its first second is over. The flags below lift both; they are not optional.
 * 2. An old server on the same port would answer in the new one's place, so a port that accepts connections is refused.
 * 3. Readiness is an answer to `describeNamespace`. TCP is knocked at first, since a gRPC channel that was refused once
 *    waits 1 s before it tries again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { AppError } from '../contracts/errors.ts';
import { searchAttributeNames } from './search-attributes.ts';
import { passOnWords } from './server-words.ts';

const readyTimeoutMs = 20_000;
const stopTimeoutMs = 5_000;

/** Values are JSON: a duration keeps its quotes. */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="1ms"',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'matching.enableFairness=true',
  'frontend.WorkflowTimeSkippingEnabled=true',
  'frontend.WorkflowTimeSkippingMaxSkipPerSession=5000',
];

export interface DevServerOptions {
  cliPath: string;
  port: number;
  /** Absent: in memory. One server a file; `-wal` and `-shm` beside it belong to it. */
  dbFile?: string;
  /** Absent: no UI. */
  uiPort?: number;
  /** Where the browser that shows the UI finds the codec server. */
  codecEndpoint?: string;
  /** More dynamic configuration, such as short drainage times in tests of versioned workers. */
  dynamicConfig?: readonly string[];
}

export interface DevServer {
  address: string;
  pid: number;
  /** Settles when the process has gone, for whatever reason, with its exit code (null: by a signal). */
  exited: Promise<number | null>;
  /** SIGTERM, and SIGKILL where that is not enough within 5 s. */
  stop: () => Promise<void>;
}

/** Starts a tuned dev server on loopback and returns when it answers. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { cliPath, port, uiPort } = options;
  for (const wanted of uiPort ? [port, uiPort] : [port]) {
    if (await accepts(wanted))
      throw new AppError('port-in-use', `port ${wanted}, meant for the Temporal server, is taken`);
  }
  const server = spawn(cliPath, devServerArguments(options), {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let isStopping = false;
  passOnWords(
    server.stderr,
    () => isStopping,
    (line) => process.stderr.write(line),
  );
  const exited = exitOf(server);
  const starting = new AbortController();
  try {
    await Promise.race([
      untilReady(port, AbortSignal.any([starting.signal, AbortSignal.timeout(readyTimeoutMs)])),
      failOnExit(exited),
    ]);
  } catch (cause) {
    starting.abort();
    server.kill('SIGKILL');
    throw new AppError('temporal-unavailable', 'the Temporal dev server did not start', { cause });
  }
  if (server.pid === undefined) throw new AppError('temporal-unavailable', 'the Temporal dev server has no process');
  const stopServer = (): Promise<void> => {
    isStopping = true;
    return stop(server, exited);
  };
  return { address: `127.0.0.1:${port}`, pid: server.pid, exited, stop: stopServer };
}

/** The arguments of `temporal` for these options. */
function devServerArguments({
  port,
  dbFile,
  uiPort,
  codecEndpoint,
  dynamicConfig: more = [],
}: Omit<DevServerOptions, 'cliPath'>): string[] {
  // At `warn` every shutdown prints a page of refused connections.
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--log-level',
    'error',
    '--ui-disable-news-fetch',
  ];
  args.push(...(uiPort ? ['--ui-port', `${uiPort}`] : ['--headless']));
  if (codecEndpoint) args.push('--ui-codec-endpoint', codecEndpoint);
  // Twice the throughput: a power cut may lose the last transactions, a crash does not.
  if (dbFile)
    args.push('--db-filename', dbFile, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1');
  for (const name of searchAttributeNames) args.push('--search-attribute', `${name}=Keyword`);
  for (const entry of [...dynamicConfig, ...more]) args.push('--dynamic-config-value', entry);
  return args;
}

function exitOf(server: ChildProcess): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  server.once('exit', (code) => resolve(code));
  server.once('error', () => resolve(-1)); // it could not be run at all
  return promise;
}

async function failOnExit(exited: Promise<number | null>): Promise<never> {
  const code = await exited;
  throw new AppError('temporal-unavailable', `the Temporal dev server ended with code ${code}`);
}

async function stop(server: ChildProcess, exited: Promise<number | null>): Promise<void> {
  server.kill('SIGTERM');
  const impatience = setTimeout(() => server.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(impatience);
}

async function untilReady(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) await delay(10, undefined, { signal });
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  try {
    while (!(await answers(connection))) await delay(20, undefined, { signal });
  } finally {
    await connection.close();
  }
}

function answers(connection: Connection): Promise<boolean> {
  return connection.workflowService.describeNamespace({ namespace: 'default' }).then(
    () => true,
    () => false,
  );
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
