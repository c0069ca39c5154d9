/**
 * Keeps a process's workers connected to Temporal.
 *
 * Phases: connecting -> running -> (connecting again, when a worker failed) -> stopped.
 * 1. A process starts while Temporal is away: it says so once per outage and tries again, at most 2 s apart.
 * 2. While running, the SDK itself outlives outages of the server; a worker that fails all the same takes its siblings
 *    with it, and all begin again on a new connection.
 * 3. `stop` lets running tasks end within the workers' own grace time; afterwards nothing is left open.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.ts';
import { installRuntime } from './runtime.ts';

export interface WorkerLoopOptions {
  address: string;
  apiKey?: string;
  /** Makes the workers of one connection; called again for each new connection. */
  createWorkers: (connection: NativeConnection) => Promise<readonly Worker[]>;
  log: Logger;
}

export interface WorkerLoop {
  /** Whether all workers poll. */
  isReady: () => boolean;
  /** Settles when the workers poll for the first time. */
  ready: Promise<void>;
  stop: () => Promise<void>;
}

const retryDelaysMs = [100, 250, 500, 1_000, 2_000] as const;

type State = { phase: 'connecting' } | { phase: 'running'; workers: readonly Worker[] };

/** Starts the loop at once and returns without waiting for Temporal. */
export function startWorkerLoop({ address, apiKey, createWorkers, log }: WorkerLoopOptions): WorkerLoop {
  installRuntime(log);
  const stopping = new AbortController();
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  let state: State = { phase: 'connecting' };
  const looping = loop();

  return {
    isReady: () => state.phase === 'running' && state.workers.every((worker) => worker.getState() === 'RUNNING'),
    ready,
    stop: async () => {
      stopping.abort();
      if (state.phase === 'running') shutDown(state.workers);
      await looping;
    },
  };

  async function loop(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await connectAndRun();
        failures = 0;
      } catch (failure) {
        if (failures === 0) log.warn({ address, reason: messageOf(failure) }, 'Temporal is away, trying again');
        failures++;
      }
      const waitMs = retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)];
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function connectAndRun(): Promise<void> {
    const connection = await NativeConnection.connect({ address, ...(apiKey ? { apiKey, tls: true } : {}) });
    try {
      const workers = await createWorkers(connection);
      state = { phase: 'running', workers };
      const running = runAll(workers);
      if (stopping.signal.aborted) shutDown(workers); // a worker that never ran would keep its connection open
      log.info({ address, queues: workers.map(({ options }) => options.taskQueue) }, 'workers poll Temporal');
      becomeReady();
      await running;
      log.info({ address }, 'workers have stopped');
    } finally {
      state = { phase: 'connecting' };
      await connection.close();
    }
  }
}

async function runAll(workers: readonly Worker[]): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } finally {
    shutDown(workers);
    await Promise.allSettled(runs);
  }
}

function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  }
}
