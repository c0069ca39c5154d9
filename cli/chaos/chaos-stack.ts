/** A stack of its own with two of each: every process of the product has a twin that is started again like the first. */
import { join } from 'node:path';
import { root } from '../running/client-config.ts';
import { freePorts } from '../running/free-ports.ts';
import { type OwnStack, startOwnStack } from '../running/own-stack.ts';
import { startLastResort } from '../supervisor/last-resort.ts';
import { untilReady } from '../supervisor/readiness.ts';
import { SupervisedChild } from '../supervisor/supervised-child.ts';
import { gatewayNodeArgs } from '../running/gateway-node-args.ts';

export type TwinName = 'api' | 'media-gateway' | 'worker';

export interface ChaosStack extends Omit<OwnStack, 'stop'> {
  twinPid(name: TwinName): number | undefined;
  /** Returns when every process of the product, twins included, is ready. */
  untilWhole(withinMs: number): Promise<void>;
  stop(): Promise<void>;
}

type Say = (part: string, line: string) => void;

const apiHost = 'api-two.switchboard.test';
const mediaHost = 'media-two.switchboard.test';
/** As in production: an answer may be long. */
const drainMs = '30000';

export async function startChaosStack(env: OwnStack['env'], say: Say): Promise<ChaosStack> {
  const own = await startOwnStack({
    env: { ...env, FALLBACK_PUBLIC_URL: `https://${apiHost}`, GATEWAY_DRAIN_MS: drainMs },
    isolated: true,
    say,
  });
  const guard = startLastResort();
  const [apiPort = 0, codecPort = 0, gatewayPort = 0, workerPort = 0] = await freePorts(4);
  const twins: Record<TwinName, { child: SupervisedChild; port: number }> = {
    api: { port: apiPort, child: twin('api', 'api/main.ts', { API_PORT: apiPort, CODEC_PORT: codecPort }) },
    'media-gateway': {
      port: gatewayPort,
      child: twin('media-gateway', 'media-gateway/main.ts', {
        GATEWAY_PORT: gatewayPort,
        GATEWAY_PUBLIC_URL: `wss://${mediaHost}/media`,
      }),
    },
    worker: { port: workerPort, child: twin('worker', 'temporal/main.ts', { WORKER_PORT: workerPort }) },
  };
  const children = Object.values(twins).map(({ child }) => child);

  function twin(name: TwinName, main: string, settings: Record<string, string | number>): SupervisedChild {
    const given = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
    const nodeArgs = name === 'media-gateway' ? gatewayNodeArgs : [];
    return new SupervisedChild(
      {
        name: `${name}-two`,
        file: process.execPath,
        args: [...nodeArgs, join(root, main)],
        cwd: root,
        env: { ...own.env, ...given },
      },
      {
        say: (line) => say('supervisor', `${name}-two ${line}`),
        output: (line) => say(`${name}-two`, line),
        watched: (groupId) => guard.watch(-groupId),
        nowMs: () => performance.now(),
      },
    );
  }
  const ports = [
    own.config.API_PORT,
    own.config.GATEWAY_PORT,
    own.config.WORKER_PORT,
    ...Object.values(twins).map(({ port }) => port),
  ];
  const untilWhole = async (withinMs: number): Promise<void> => {
    const signal = AbortSignal.timeout(withinMs);
    const waiting = (): void => undefined;
    await Promise.all(ports.map((port) => untilReady({ url: `http://127.0.0.1:${port}`, signal, waiting })));
  };
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.kill()));
    guard.close();
    await own.stop();
  };

  try {
    await fetch(`${own.config.TWILIO_BASE_URL}/_sim/hosts`, {
      method: 'PUT',
      body: JSON.stringify({ [apiHost]: `127.0.0.1:${apiPort}`, [mediaHost]: `127.0.0.1:${gatewayPort}` }),
    });
    for (const child of children) child.start();
    await untilWhole(60_000);
  } catch (failure) {
    await stop();
    throw failure;
  }
  return { ...own, twinPid: (name) => twins[name].child.pid, untilWhole, stop };
}
