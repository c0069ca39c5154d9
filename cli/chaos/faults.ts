/** What goes wrong: one process each, killed or stopped, or all sockets of the model at once. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosStack, TwinName } from './chaos-stack.ts';

export interface Fault {
  name: string;
  /** Returns when it is over: a process that was stopped goes on. */
  strike: (stack: ChaosStack) => Promise<void>;
}

const stoppedMs = 10_000;
const twins: readonly TwinName[] = ['media-gateway', 'worker', 'api'];
const services = ['temporal', 'postgres'] as const;
type Part = TwinName | (typeof services)[number];

const shortName = (part: Part): string => (part === 'media-gateway' ? 'gateway' : part);
const parts: readonly Part[] = [...twins, ...services];

export const faults: readonly Fault[] = [
  ...parts.map((part) => ({
    name: `${shortName(part)}-killed`,
    strike: async (stack: ChaosStack) => signalAll(await processesOf(stack, part), 'SIGKILL'),
  })),
  { name: 'model-sockets-killed', strike: breakModelSockets },
  ...parts.map((part) => ({
    name: `${shortName(part)}-stopped`,
    strike: async (stack: ChaosStack) => {
      const pids = await processesOf(stack, part);
      signalAll(pids, 'SIGSTOP');
      await delay(stoppedMs);
      signalAll(pids, 'SIGCONT');
    },
  })),
];

/** The first of two; of Postgres the server with all its backends, each of which leads a session of its own. */
async function processesOf(stack: ChaosStack, part: Part): Promise<number[]> {
  const pid = part === 'temporal' || part === 'postgres' ? await stack.servicePid(part) : stack.pidOf(part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  return part === 'postgres' ? [pid, ...(await childrenOf(pid))] : [pid];
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number);
    return ppid === parent ? [pid] : [];
  });
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // a backend that has gone meanwhile
    }
  }
}

interface ModelSession {
  id: string;
  closed?: unknown;
}

async function breakModelSockets({ config }: ChaosStack): Promise<void> {
  const url = `${config.GEMINI_BASE_URL}/_sim/sessions`;
  const sessions: ModelSession[] = JSON.parse(await (await fetch(url)).text());
  const body = JSON.stringify({ name: 'close-1006' });
  const open = sessions.filter(({ closed }) => closed === undefined);
  await Promise.all(open.map(({ id }) => fetch(`${url}/${encodeURIComponent(id)}/trap`, { method: 'POST', body })));
}
