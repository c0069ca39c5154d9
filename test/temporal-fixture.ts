import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import { installRuntime } from '../temporal/runtime.ts';
import { type TaskQueueName, bundleWorkflows, createWorkers } from '../temporal/workers.ts';
import { testDataConverter, testLog } from './test-keys.ts';
import { SkippingWorkflowClient } from './time-skipping.ts';

export interface TemporalFixture {
  client: Client;
  /** Starts workflows whose waits pass at once. */
  skipping: SkippingWorkflowClient;
  /** This file's name for one of the product's queues. */
  queueName: (queue: TaskQueueName) => string;
}

/** Connections, task queues and workers of one test file, for the product's workflows unless others are named. Read what it returns inside a test. */
export function useTemporal(
  activities: Partial<Record<TaskQueueName, object>>,
  { workflowsPath }: { workflowsPath?: string } = {},
): () => TemporalFixture {
  let fixture: (TemporalFixture & { close: () => Promise<void> }) | undefined;
  beforeAll(async () => {
    const own = workflowsPath === undefined ? undefined : await bundleWorkflows({ workflowsPath });
    fixture = await open(activities, own ?? { codePath: inject('workflowBundlePath') });
  });
  afterAll(() => fixture?.close());
  return () => {
    if (!fixture) throw new Error('useTemporal() is read before beforeAll ran');
    return fixture;
  };
}

async function open(
  activities: Partial<Record<TaskQueueName, object>>,
  workflowBundle: { code: string } | { codePath: string },
) {
  installRuntime(testLog);
  const address = inject('temporalAddress');
  const file = randomUUID();
  const queueName = (queue: TaskQueueName): string => `${queue}-${file}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const workers = await createWorkers({
    connection: native,
    namespace: 'default',
    dataConverter: testDataConverter,
    workflowBundle,
    activities: { calls: {}, tools: {}, batch: {}, ...activities },
    queueName,
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    client: new Client({ connection, dataConverter: testDataConverter }),
    skipping: new SkippingWorkflowClient({ connection, dataConverter: testDataConverter }),
    queueName,
    close: () => close(workers, running, native, connection),
  };
}

async function close(
  workers: readonly Worker[],
  running: Promise<unknown>,
  native: NativeConnection,
  connection: Connection,
): Promise<void> {
  for (const worker of workers) worker.shutdown();
  await running;
  await Promise.all([native.close(), connection.close()]);
}
