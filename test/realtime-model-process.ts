import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const mainPath = fileURLToPath(new URL('../simulator/realtime-model/main.ts', import.meta.url));

/** What a test reads of a session's record. */
export interface SimulatedSession {
  id: string;
  key: string;
  setup?: Record<string, unknown>;
  closed?: { code: number; reason: string };
}

export interface RealtimeModelProcess {
  url: string;
  /** Lets an API key stand for a scenario, with traps that spring once each. */
  bindKey(key: string, scenario: string, traps?: readonly string[]): Promise<void>;
  sessions(key: string): Promise<SimulatedSession[]>;
  /** Springs a trap now, in the newest session of the key. */
  spring(key: string, trap: string): Promise<void>;
  /** What the real server would have refused. */
  violations(): Promise<{ key: string; detail: string }[]>;
  stop(): Promise<void>;
}

/** Runs the simulated realtime model as a process of its own. */
export async function startRealtimeModelProcess(): Promise<RealtimeModelProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env['PATH'], SIM_MODEL_PORT: String(port) };
  const child = spawn(process.execPath, [mainPath], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');

  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}/_sim${path}`, { method, ...payload });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${JSON.stringify(answer)}`);
    return answer as T;
  }

  while (child.exitCode === null) {
    const up = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) break;
    await delay(50);
  }
  if (child.exitCode !== null) throw new Error(`the realtime model ended with ${child.exitCode}`);
  return {
    url,
    bindKey: async (key, scenario, traps = []) => void (await control('PUT', `/keys/${key}`, { scenario, traps })),
    sessions: (key) => control('GET', `/sessions?key=${key}`),
    spring: async (key, name) => {
      const newest = (await control<SimulatedSession[]>('GET', `/sessions?key=${key}`)).at(-1);
      await control('POST', `/sessions/${newest?.id}/trap`, { name });
    },
    violations: () => control('GET', '/violations'),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
