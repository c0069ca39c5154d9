import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import { installRuntime } from '../temporal/runtime.ts';
import { type TaskQueueName, createWorkers } from '../temporal/workers.ts';
import { testDataConverter, testLog } from './test-keys.ts';
import { SkippingWorkflowClient } from './time-skipping.ts';

export interface TemporalFixture {
  client: Client;
  /** Starts workflows whose waits pass at once. */
  skipping: SkippingWorkflowClient;
  /** This file's name for one of the product's queues. */
  queueName: (queue: TaskQueueName) => string;
}

/** Connections, task queues and workers of one test file. Read what it returns inside a test. */
export function useTemporal(activities: Partial<Record<TaskQueueName, object>>): () => TemporalFixture {
  let fixture: (TemporalFixture & { close: () => Promise<void> }) | undefined;
  beforeAll(async () => {
    fixture = await open(activities);
  });
  afterAll(() => fixture?.close());
  return () => {
    if (!fixture) throw new Error('useTemporal() is read before beforeAll ran');
    return fixture;
  };
}

async function open(activities: Partial<Record<TaskQueueName, object>>) {
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
    workflowBundle: { codePath: inject('workflowBundlePath') },
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
