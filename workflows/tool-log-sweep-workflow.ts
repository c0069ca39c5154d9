import { proxyActivities } from '@temporalio/workflow';
import type { ToolLogActivities } from '../activities/tool-log-activities.ts';
import type { SweepResult } from '../contracts/messages.ts';
import { siblingQueue } from './sibling-queue.ts';

/**
 * Sees to it that every tool call is logged, whatever died; a schedule starts it, and it goes on where the last one
 * ended. Workflow id: `platform/tool-logs-<time>`. One waits for a database that is away, and the schedule starts none beside it.
 */
export async function toolLogSweepWorkflow(): Promise<SweepResult> {
  const { sweepToolLogs } = proxyActivities<ToolLogActivities>({
    taskQueue: siblingQueue('batch'),
    startToCloseTimeout: '30m',
    heartbeatTimeout: '1m',
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5m' },
  });
  return sweepToolLogs();
}
