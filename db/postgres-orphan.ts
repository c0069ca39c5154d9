import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AppError } from '../contracts/errors.ts';

const run = promisify(execFile);
const stopDeadlineMs = 5_000;

/** Ends a server whose parent died, and clears a pid file whose process is gone or is somebody else's by now. */
export async function stopOrphan(clusterDir: string, log: (line: string) => void): Promise<void> {
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
