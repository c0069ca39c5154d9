import { fileURLToPath } from 'node:url';
import {
  DefaultLogger,
  type NativeConnection,
  Worker,
  type WorkerOptions,
  bundleWorkflowCode,
} from '@temporalio/worker';
import { taskQueues } from '../contracts/ids.ts';
import { memoryTimeoutMs } from './call-start-options.ts';
import { failureConverterPath } from './data-converter.ts';
import type { Tracing } from './tracing.ts';

export type TaskQueueName = keyof typeof taskQueues;

export interface WorkersOptions {
  connection: NativeConnection;
  namespace: string;
  dataConverter: NonNullable<WorkerOptions['dataConverter']>;
  workflowBundle: { code: string } | { codePath: string };
  /** By queue; a queue without activities gets no worker, except `calls`, which runs the workflows. */
  activities: Readonly<Record<TaskQueueName, object>>;
  /** Pins calls in flight to the code that started them; absent: not versioned. */
  buildId?: string;
  /** Another name for the queue; tests run many workers beside each other. */
  queueName?: (queue: TaskQueueName) => string;
  /** Absent: nothing is traced. The bundle must have been made with its modules. */
  tracing?: Tracing | undefined;
}

/** The workers of the `worker` process, one for each of its queues. */
export async function createWorkers({
  connection,
  namespace,
  dataConverter,
  workflowBundle,
  activities,
  buildId,
  queueName = (queue) => taskQueues[queue],
  tracing,
}: WorkersOptions): Promise<Worker[]> {
  const shared = {
    connection,
    namespace,
    dataConverter,
    shutdownGraceTime: '30s',
    ...(tracing && { interceptors: { activity: tracing.activity } }),
  } as const;
  const calls = await Worker.create({
    ...shared,
    taskQueue: queueName('calls'),
    activities: activities.calls,
    workflowBundle,
    ...(tracing && { sinks: tracing.sinks }),
    stickyQueueScheduleToStartTimeout: memoryTimeoutMs,
    maxCachedWorkflows: 2_000,
    // Tools wait for others, some of them long: they must not keep the records of calls waiting.
    maxConcurrentActivityTaskExecutions: 1_000,
    ...(buildId
      ? {
          workerDeploymentOptions: {
            useWorkerVersioning: true,
            version: { deploymentName: 'calls', buildId },
            defaultVersioningBehavior: 'PINNED',
          },
        }
      : {}),
  });
  const workers = [calls];
  for (const queue of ['tools', 'batch'] as const) {
    if (Object.keys(activities[queue]).length === 0) continue;
    workers.push(await Worker.create({ ...shared, taskQueue: queueName(queue), activities: activities[queue] }));
  }
  return workers;
}

const ownWorkflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
const schemaStandInPath = fileURLToPath(new URL('./schema-stand-in.ts', import.meta.url));

/**
 * Bundles all workflows; about a second of work, so once per process and never beside audio. `interceptorModules` are in
 * the sandbox with them.
 *
 * The modules of ours are loaded once for all workflows of a worker instead of anew for each, which takes a fifth off the
 * work of a short one. So nothing in them may keep in module scope what belongs to one workflow: what is there are
 * constants, which are frozen, and bounded caches of pure functions. A lint rule refuses `let` there.
 */
export async function bundleWorkflows({
  workflowsPath = ownWorkflowsPath,
  interceptorModules = [],
}: { workflowsPath?: string; interceptorModules?: readonly string[] } = {}): Promise<{ code: string }> {
  // The bundler names disallowed imports in its log at WARN and nowhere else.
  return bundleWorkflowCode({
    workflowsPath,
    failureConverterPath,
    workflowInterceptorModules: [...interceptorModules],
    preloadModules: workflowsPath === ownWorkflowsPath ? [ownWorkflowsPath] : [],
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: ({ resolve, ...config }) => {
      const alias = Object.assign({}, resolve?.alias, { typebox$: schemaStandInPath });
      return { ...config, resolve: { ...resolve, alias } };
    },
  });
}
