import type { WorkflowStartOptions } from '@temporalio/client';
import { callWorkflowId } from '../contracts/ids.ts';
import type { CallInput } from '../contracts/messages.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';

/** How long the carrier's question is left open. */
export const answerWithinMs = 2_000;
/**
 * A worker that dies or stands still takes a task with it that was just given to it; another one gets the task after this
 * time, and still answers: at worst it had waited for the dead one's memory of the call before.
 */
export const taskTimeoutMs = 1_000;
/** How long a call waits for the worker that remembers it: 0.6 s with what follows instead of 10 s. At 100 ms a saturated worker loses its own memory. */
export const memoryTimeoutMs = 500;

/** The server's bound of a fairness key. */
const maxFairnessKeyBytes = 64;

/** How every call's workflow is started, by whichever client. */
export function callStartOptions({ tenantId, callId, direction, flow }: CallInput, taskQueue: string) {
  return {
    workflowId: callWorkflowId(tenantId, callId),
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    // A call that failed for want of an admission can still be adopted; one that ended well is never run again.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    workflowTaskTimeout: taskTimeoutMs,
    // The carrier's own limit is 24 h.
    workflowExecutionTimeout: '25h',
    priority: { priorityKey: 1, fairnessKey: fairnessKeyOf(tenantId) },
    typedSearchAttributes: [
      { key: searchAttributes.tenantId, value: tenantId },
      { key: searchAttributes.callPhase, value: 'new' },
      { key: searchAttributes.flowVersion, value: `${flow.flowId}:${flow.version}` },
    ],
    staticSummary: `${direction} call, flow ${flow.compiled.name} version ${flow.version}`,
  } satisfies Omit<WorkflowStartOptions, 'args'>;
}

export function fairnessKeyOf(tenantId: string): string {
  return Buffer.from(tenantId).subarray(0, maxFairnessKeyBytes).toString();
}
