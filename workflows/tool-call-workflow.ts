import {
  ActivityFailure,
  CancellationScope,
  TimeoutFailure,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { ToolActivities } from '../activities/tool-activities.ts';
import { callWorkflowId } from '../contracts/ids.ts';
import { toolFinished } from '../contracts/messages.ts';
import { type ToolCallInput, type ToolResult, toolAttempts } from '../contracts/tools.ts';

/** The activity has its own timeout for the tool; this much more means that its worker is gone. */
const marginMs = 2_000;

/**
 * One tool call, from the model's wish to its result. Workflow id: `t/<tenant>/call/<callId>/tool/<functionCallId>`.
 * Every end is a result that the model can be told. The activity tells the call after its return; what ended without
 * the activity's word is told from here. It is on the workflow's own queue, so that the worker which asks for it runs it at
 * once, without a further way through Temporal.
 */
export async function toolCallWorkflow(input: ToolCallInput): Promise<ToolResult> {
  const { tool } = input;
  const attempts = toolAttempts(tool);
  const startedMs = Date.now();
  const { callTool } = proxyActivities<ToolActivities>({
    startToCloseTimeout: tool.timeoutMs + marginMs,
    scheduleToCloseTimeout: (tool.timeoutMs + marginMs) * attempts + marginMs,
    retry: { maximumAttempts: attempts, initialInterval: '200ms', backoffCoefficient: 2 },
    cancellationType: 'TRY_CANCEL',
    summary: tool.name,
  });
  try {
    return await callTool(input);
  } catch (failure) {
    const result = resultOf(failure, attempts, Date.now() - startedMs);
    await CancellationScope.nonCancellable(() => tellCall(input, result));
    return result;
  }
}

function resultOf(failure: unknown, attempts: number, latencyMs: number): ToolResult {
  if (isCancellation(failure)) {
    return {
      status: 'cancelled',
      error: 'cancelled',
      retryable: false,
      hint: 'The tool was called off.',
      attempts,
      latencyMs,
    };
  }
  const timedOut = failure instanceof ActivityFailure && failure.cause instanceof TimeoutFailure;
  return timedOut
    ? {
        status: 'timeout',
        error: 'timeout',
        retryable: false,
        hint: 'It is not known whether the tool did its work: do not repeat it.',
        attempts,
        latencyMs,
      }
    : {
        status: 'failed',
        error: 'unreachable',
        retryable: false,
        hint: 'The tool could not be run. Tell the caller that this is not possible right now.',
        attempts,
        latencyMs,
      };
}

/** The call may have ended: a tool that outlives it still finishes. */
async function tellCall(
  { tenantId, callId, functionCallId, tool }: ToolCallInput,
  { status, latencyMs }: ToolResult,
): Promise<void> {
  const call = getExternalWorkflowHandle(callWorkflowId(tenantId, callId));
  await call.signal(toolFinished, { functionCallId, name: tool.name, status, latencyMs }).catch(() => undefined);
}
