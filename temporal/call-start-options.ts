import type { WorkflowStartOptions } from '@temporalio/client';
import { callWorkflowId } from '../contracts/ids.ts';
import type { CallInput } from '../contracts/messages.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';

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
    // A stopped worker's open polls still take tasks: another one gets the task after this time.
    workflowTaskTimeout: '2s',
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
