import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { untilReady } from '../supervisor/readiness.ts';
import { root } from './client-config.ts';
import { freePorts } from './free-ports.ts';
import type { OwnStack } from './own-stack.ts';
import { gatewayNodeArgs } from './gateway-node-args.ts';

export interface SecondGateway {
  pid: number;
  /** Its public address, as the `gateways` table has it. */
  mediaUrl: string;
  stop(): Promise<void>;
}

/** Another gateway beside the one of a stack of our own, under a public name of its own. */
export async function startSecondGateway({ config, env }: OwnStack): Promise<SecondGateway> {
  const [port = 0] = await freePorts(1);
  const host = 'media-two.switchboard.test';
  const mediaUrl = `wss://${host}/media`;
  await fetch(`${config.TWILIO_BASE_URL}/_sim/hosts`, {
    method: 'PUT',
    body: JSON.stringify({ [host]: `127.0.0.1:${port}` }),
  });
  const main = join(root, 'media-gateway', 'main.ts');
  const child = spawn(process.execPath, [...gatewayNodeArgs, main], {
    cwd: root,
    env: { ...env, GATEWAY_PORT: String(port), GATEWAY_PUBLIC_URL: mediaUrl },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  await untilReady({
    url: `http://127.0.0.1:${port}`,
    signal: AbortSignal.timeout(30_000),
    waiting: () => undefined,
  });
  return {
    pid: child.pid ?? 0,
    mediaUrl,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
