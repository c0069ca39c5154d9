import { type Client, ScheduleAlreadyRunning } from '@temporalio/client';
import { taskQueues, toolLogSweepId } from '../contracts/ids.ts';
import { workflowNames } from '../contracts/messages.ts';

/** What the platform does of itself; one that is there already stays as it is. */
export async function ensureSchedules(
  client: Client,
  { scheduleId = toolLogSweepId, taskQueue = taskQueues.calls }: { scheduleId?: string; taskQueue?: string } = {},
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '1m' }] },
      policies: { overlap: 'SKIP', catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: workflowNames.toolLogSweep,
        workflowId: scheduleId,
        taskQueue,
        args: [],
      },
    });
  } catch (failure) {
    if (!(failure instanceof ScheduleAlreadyRunning)) throw failure;
  }
}
