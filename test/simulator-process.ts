import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SimulatorProcess {
  url: string;
  /** Asks the control side; rejects with what it answers when it refuses. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** Runs a simulator as a process of its own, on a free port; returns when it has said that it listens. */
export async function startSimulatorProcess(
  name: 'phone-network' | 'realtime-model' | 'openai-realtime',
  portVariable: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<SimulatorProcess> {
  const mainPath = fileURLToPath(new URL(`../simulator/${name}/main.ts`, import.meta.url));
  const env = { ...settings, PATH: process.env['PATH'], [portVariable]: '0' };
  const child = spawn(process.execPath, [mainPath], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const url = await addressSaid(child);
  if (url === undefined) throw new Error(`${name} ended with ${String((await exited)[0])}`);
  return {
    url,
    async control<T>(method: string, path: string, body?: unknown): Promise<T> {
      const payload = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}/_sim${path}`, { method, ...payload });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${JSON.stringify(answer)}`);
      return answer as T;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The first loopback address that the process writes down; undefined where it ends before. What follows is read and dropped. */
async function addressSaid({ stdout }: ChildProcess): Promise<string | undefined> {
  if (!stdout) return undefined;
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url === undefined) continue;
    lines.close();
    stdout.resume();
    return url;
  }
  return undefined;
}
