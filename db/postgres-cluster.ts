/** The folder of the embedded server's cluster, and what is done once when it is new. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError, messageOf } from '../contracts/errors.ts';
import {
  closedParent,
  makeReachable,
  reachableDir,
  type PostgresBinaries,
  type ServerUser,
} from './postgres-binaries.ts';

const run = promisify(execFile);

/** `cluster` in the data folder; where root's own folders are closed to `nobody`, a link to a folder that is not. */
export async function clusterFolder(
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
    await makeReachable(reachable).catch((cause: unknown) => {
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

export interface ClusterOptions {
  binaries: PostgresBinaries;
  dataDir: string;
  clusterDir: string;
  user: ServerUser | undefined;
  log: (line: string) => void;
}

/** Makes the cluster unless it is there; returns the superuser's password. */
export async function ensureCluster({ binaries, dataDir, clusterDir, user, log }: ClusterOptions): Promise<string> {
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

/** Fixed, so that what the server says is in one language wherever it runs. */
export const serverEnv = (): NodeJS.ProcessEnv => ({ PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
