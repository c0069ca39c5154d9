import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

export interface SimulatorProcess {
  url: string;
  /** Asks the control side; rejects with what it answers when it refuses. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** Runs a simulator as a process of its own; returns when it is ready. */
export async function startSimulatorProcess(
  name: 'realtime-model' | 'openai-realtime',
  portVariable: string,
): Promise<SimulatorProcess> {
  const mainPath = fileURLToPath(new URL(`../simulator/${name}/main.ts`, import.meta.url));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env['PATH'], [portVariable]: String(port) };
  const child = spawn(process.execPath, [mainPath], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  while (child.exitCode === null) {
    const up = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) break;
    await delay(50);
  }
  if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
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
