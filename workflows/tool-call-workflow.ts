import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  TimeoutFailure,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { ToolActivities } from '../activities/tool-activities.ts';
import { callWorkflowId } from '../contracts/ids.ts';
import { toolFinished } from '../contracts/messages.ts';
import { type ToolCallInput, type ToolResult, toolAttempts } from '../contracts/tools.ts';
import { siblingQueue } from './sibling-queue.ts';

/** The activity has its own timeout for the tool; this much more means that its worker is gone. */
const marginMs = 2_000;

/**
 * One tool call, from the model's wish to its result. Workflow id: `t/<tenant>/call/<callId>/tool/<functionCallId>`.
 * Every end is a result that the model can be told. The activity tells the call after its return; what ended without
 * the activity's word is told from here. It is on the workflow's own queue, so that the worker which asks for it runs it at
 * once, without a further way through Temporal. Where an older worker took it, which knows tools on their own queue alone,
 * it is asked for there: nothing has been sent to the tool, and each try that it may have is still to come.
 */
export async function toolCallWorkflow(input: ToolCallInput): Promise<ToolResult> {
  const attempts = toolAttempts(input.tool);
  const startedMs = Date.now();
  try {
    return await askTool(input, attempts).catch((failure: unknown) => {
      if (!isUnknownToWorker(failure) || !patched('tool-on-its-queue')) throw failure;
      return askTool(input, attempts, siblingQueue('tools'));
    });
  } catch (failure) {
    const result = resultOf(failure, attempts, Date.now() - startedMs);
    await CancellationScope.nonCancellable(() => tellCall(input, result));
    return result;
  }
}

function askTool(input: ToolCallInput, attempts: number, taskQueue?: string): Promise<ToolResult> {
  const { tool } = input;
  const { callTool } = proxyActivities<ToolActivities>({
    ...(taskQueue !== undefined && { taskQueue }),
    startToCloseTimeout: tool.timeoutMs + marginMs,
    scheduleToCloseTimeout: (tool.timeoutMs + marginMs) * attempts + marginMs,
    retry: {
      maximumAttempts: attempts,
      initialInterval: '200ms',
      backoffCoefficient: 2,
      nonRetryableErrorTypes: [unknownActivity],
    },
    cancellationType: 'TRY_CANCEL',
    summary: tool.name,
  });
  return callTool(input);
}

/** As the SDK's worker names the failure of a task whose activity it does not know. */
const unknownActivity = 'NotFoundError';

/** The words too: an activity may fail by another error of that name after it has done something. */
function isUnknownToWorker(failure: unknown): boolean {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  const { type, message } = cause instanceof ApplicationFailure ? cause : {};
  return type === unknownActivity && message?.includes('is not registered on this Worker') === true;
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
