import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessUse {
  cpuMs: number;
  rssKb: number;
}

const MS_PER_TICK = 10; // USER_HZ is 100 on every Linux that Node runs on

/** CPU time and memory of a process; undefined where the system does not tell (it does on Linux). */
export function processUse(pid: number): ProcessUse | undefined {
  try {
    // Fields 14 and 15 of proc(5), counted behind the name, which may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      rssKb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0),
    };
  } catch {
    return undefined;
  }
}

/** Lets a process, and what it starts from now on, run on these cores only. Does nothing where the system has no taskset. */
export async function pin(pid: number, cores: string): Promise<boolean> {
  return run('taskset', ['-a', '-p', '-c', cores, String(pid)]).then(
    () => true,
    () => false,
  );
}
