import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../running/client-config.ts';
import { freePorts } from '../running/free-ports.ts';
import type { OwnStack } from '../running/own-stack.ts';
import { untilReady } from '../supervisor/readiness.ts';
import { gatewayNodeArgs } from '../running/gateway-node-args.ts';

export interface SecondProcess {
  readonly port: number;
  readonly pid: number;
  /** Lets it take its leave, so that no call is given to it any more; kills what does not go. */
  stop(): Promise<void>;
}

const LEAVES_WITHIN_MS = 15_000;

/** Another gateway of the stack, under a public name of its own. */
export const startSecondGateway = (stack: OwnStack, publicHost: string): Promise<SecondProcess> =>
  start(stack, [...gatewayNodeArgs, join(root, 'media-gateway', 'main.ts')], (port) => ({
    GATEWAY_PORT: String(port),
    GATEWAY_PUBLIC_URL: `wss://${publicHost}/media`,
  }));

/** Another worker of the stack. */
export const startSecondWorker = (stack: OwnStack): Promise<SecondProcess> =>
  start(stack, [join(root, 'temporal', 'main.ts')], (port) => ({ WORKER_PORT: String(port) }));

async function start(
  { env }: OwnStack,
  args: readonly string[],
  settings: (port: number) => Record<string, string>,
): Promise<SecondProcess> {
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { ...env, ...settings(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await untilReady({ url, signal: AbortSignal.timeout(40_000), waiting: () => undefined });
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
      await ended;
      clearTimeout(late);
    },
  };
}
