/**
 * Keeps a service running that knows how to start itself and when it has ended (Postgres, the Temporal server).
 *
 * 1. The first start is the caller's: its failure is thrown. Later ones follow an end that nobody asked for, each after
 *    a longer wait, and their failures are said.
 * 2. After `stop` nothing is started; a start that is under way is stopped as soon as it is done.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../contracts/errors.ts';
import { defaultBackoffMs } from './supervised-child.ts';

export interface Service {
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

export interface ServiceOptions<S extends Service> {
  start: () => Promise<S>;
  say: (line: string) => void;
  nowMs: () => number;
  backoffMs?: (attempt: number) => number;
  /** A run of this length counts as steady. */
  steadyMs?: number;
}

export interface SupervisedService<S extends Service> {
  /** The service as it was started last. */
  current(): S;
  stop(): Promise<void>;
}

/** Starts the service, and starts it again whenever it ends, until `stop`. */
export async function superviseService<S extends Service>(options: ServiceOptions<S>): Promise<SupervisedService<S>> {
  const stopping = new AbortController();
  let service = await options.start();
  const loop = keepUp();

  async function keepUp(): Promise<void> {
    const { start, say, nowMs, backoffMs = defaultBackoffMs, steadyMs = 30_000 } = options;
    for (let attempt = 1; ; attempt++) {
      const sinceMs = nowMs();
      await service.ended;
      if (stopping.signal.aborted) return;
      if (nowMs() - sinceMs >= steadyMs) attempt = 1;
      say(`ended; starting it again in ${backoffMs(attempt) / 1000} s`);
      for (let started = false; !started;) {
        await delay(backoffMs(attempt), undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        try {
          service = await start();
          started = true;
        } catch (failure) {
          attempt += 1;
          say(`did not start (${messageOf(failure)}); trying again in ${backoffMs(attempt) / 1000} s`);
        }
      }
      say('is up again');
    }
  }

  return {
    current: () => service,
    async stop() {
      stopping.abort();
      await service.stop();
      await loop;
    },
  };
}
