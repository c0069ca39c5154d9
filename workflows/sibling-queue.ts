import { workflowInfo } from '@temporalio/workflow';
import { taskQueues } from '../contracts/ids.ts';

/** The queue of another role beside the one that this workflow runs on: `tools` beside `calls`, `tools-x` beside `calls-x`. */
export function siblingQueue(role: keyof typeof taskQueues): string {
  const { taskQueue } = workflowInfo();
  const suffix = taskQueue.startsWith(taskQueues.calls) ? taskQueue.slice(taskQueues.calls.length) : '';
  return `${taskQueues[role]}${suffix}`;
}
