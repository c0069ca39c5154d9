import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { TemporalOptions } from './client.ts';
import { createDataConverter } from './data-converter.ts';
import { type WorkerLoop, startWorkerLoop } from './worker-loop.ts';

export interface ActivityWorkerOptions extends TemporalOptions {
  taskQueue: string;
  activities: object;
  log: Logger;
}

/** Long polls are bounded per frontend (1,200 per API): each gateway takes two. */
const pollers = 2;
/** A lease is held by its beats: by default the SDK would hold each back for four fifths of the time that it may be late. */
const beatsEvery = '250ms';

/**
 * Serves activities on one queue, for a process that runs no workflows: bundling them would stall its audio for 230 ms.
 * Returns at once; connects as soon as Temporal is there, and again after it failed.
 */
export function startActivityWorker({
  address,
  namespace,
  apiKey,
  platformKeys,
  taskQueue,
  activities,
  tracing,
  log,
}: ActivityWorkerOptions): WorkerLoop {
  const dataConverter = createDataConverter(platformKeys);
  return startWorkerLoop({
    address,
    apiKey,
    log,
    createWorkers: async (connection) => [
      await Worker.create({
        connection,
        namespace,
        taskQueue,
        activities,
        dataConverter,
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: pollers },
        maxHeartbeatThrottleInterval: beatsEvery,
        shutdownGraceTime: '2s',
        ...(tracing && { interceptors: { activity: tracing.activity } }),
      }),
    ],
  });
}
