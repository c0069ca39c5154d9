import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Addresses } from './child-env.ts';
import type { ProcessName } from './process-plan.ts';

/** Who runs on a data folder, and where its parts are. The file is its owner's alone: addresses hold passwords. */
export interface Instance {
  pid: number;
  /** Tells this process from a later one of the same id. */
  birth: string;
  startedAt: string;
  processes: readonly ProcessName[];
  /** By variable name, as the processes were given them; complete once `ready`. */
  addresses: Addresses;
  ready: boolean;
}

export type Claim = { instance: Instance; other?: undefined } | { instance?: undefined; other: Instance };

const fileOf = (dataDir: string): string => join(dataDir, 'running.json');

/** The instance that runs on this data folder now. */
export async function readInstance(dataDir: string): Promise<Instance | undefined> {
  const instance = parse(await readFile(fileOf(dataDir), 'utf8').catch(() => ''));
  return instance && instance.birth === (await birthOf(instance.pid)) ? instance : undefined;
}

/** Takes the data folder for this process; returns the instance that has it already, if any. */
export async function claimDataDir(dataDir: string, processes: readonly ProcessName[]): Promise<Claim> {
  const instance: Instance = {
    pid: process.pid,
    birth: (await birthOf(process.pid)) ?? '',
    startedAt: new Date().toISOString(),
    processes,
    addresses: {},
    ready: false,
  };
  await mkdir(dataDir, { recursive: true });
  for (;;) {
    try {
      await writeFile(fileOf(dataDir), serialise(instance), { flag: 'wx', mode: 0o600 });
      return { instance };
    } catch (cause) {
      if (!isExisting(cause)) throw cause;
    }
    const other = await readInstance(dataDir);
    if (other) return { other };
    await rm(fileOf(dataDir), { force: true }); // of a supervisor that was killed
  }
}

export async function updateInstance(dataDir: string, instance: Instance): Promise<void> {
  await writeFile(fileOf(dataDir), serialise(instance), { mode: 0o600 });
}

export async function releaseDataDir(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

const serialise = (instance: Instance): string => `${JSON.stringify(instance, undefined, 2)}\n`;

function parse(text: string): Instance | undefined {
  try {
    const read: Instance = JSON.parse(text);
    return Number.isInteger(read.pid) && read.pid > 0 && read.birth ? read : undefined;
  } catch {
    return undefined; // cut short by a crash
  }
}

/** When a process began, as the system tells it: process ids are used again, a pair of both is not. */
async function birthOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Field 22; the second one, the name in parentheses, may hold anything.
  if (stat) return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const answer = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined);
  return answer?.stdout.trim() || undefined;
}

function isExisting(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}
