import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { messageOf } from '../contracts/errors.ts';
import { taskQueues, toolCallWorkflowId } from '../contracts/ids.ts';
import { workflowNames } from '../contracts/messages.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import { type ToolCallInput, type ToolResult, toolAttempts } from '../contracts/tools.ts';
import type { CallClientOptions } from './call-client.ts';
import { fairnessKeyOf, taskTimeoutMs } from './call-start-options.ts';
import { askWithin, isUnanswered } from './unanswered.ts';

/** Above the tool's own time: queueing, back-off and the way there and back. */
const marginMs = 10_000;
const cancelDeadlineMs = 2_000;

export interface ToolCallClientOptions extends Pick<CallClientOptions, 'nowMs' | 'taskQueue'> {
  /** Hears why a tool could not be run; the model is told only that it could not. */
  onFailure?: (reason: string) => void;
}

export type ToolCallClient = ReturnType<typeof createToolCallClient>;

/** Tools as a gateway runs them for its model: each call a workflow of its own. */
export function createToolCallClient(
  client: Client,
  { nowMs = Date.now, taskQueue = taskQueues.calls, onFailure }: ToolCallClientOptions = {},
) {
  return {
    /**
     * Runs a tool and awaits its result; a repeat, also a late one, reads the first one's result. Never throws: every end
     * is a result that the model can be told. At most 8 at once in one call: that bound is the gateway's.
     */
    run: async (input: ToolCallInput): Promise<ToolResult> => {
      const { tool } = input;
      const startedMs = nowMs();
      const budgetMs = tool.timeoutMs * toolAttempts(tool) + marginMs;
      try {
        return await askWithin(client, budgetMs, startedMs, () => executeOnce(client, input, taskQueue));
      } catch (failure) {
        onFailure?.(messageOf(failure));
        return { ...(isUnanswered(failure) ? unanswered : notRun), attempts: 0, latencyMs: nowMs() - startedMs };
      }
    },

    /** The model no longer wants it. What the tool has done is done; a tool that has ended is no error. */
    cancel: async ({
      tenantId,
      callId,
      functionCallId,
    }: Pick<ToolCallInput, 'tenantId' | 'callId' | 'functionCallId'>): Promise<void> => {
      const handle = client.workflow.getHandle(toolCallWorkflowId(tenantId, callId, functionCallId));
      try {
        await askWithin(client, cancelDeadlineMs, nowMs(), () => handle.cancel());
      } catch (failure) {
        if (!(failure instanceof WorkflowNotFoundError) && !isUnanswered(failure)) throw failure;
      }
    },
  };
}

const unanswered = {
  status: 'timeout',
  error: 'timeout',
  retryable: false,
  hint: 'The tool has not answered in time. It may still finish: do not repeat it, tell the caller that it takes longer.',
} as const;

const notRun = {
  status: 'failed',
  error: 'unreachable',
  retryable: false,
  hint: 'The tool could not be run. Tell the caller that this is not possible right now.',
} as const;

async function executeOnce(client: Client, input: ToolCallInput, taskQueue: string): Promise<ToolResult> {
  const options = toolCallStartOptions(input, taskQueue);
  try {
    const result: ToolResult = await client.workflow.execute(workflowNames.toolCall, { ...options, args: [input] });
    return result;
  } catch (failure) {
    // USE_EXISTING governs running workflows only; one that has ended is read here.
    if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw failure;
    const result: ToolResult = await client.workflow.getHandle(options.workflowId).result();
    return result;
  }
}

function toolCallStartOptions({ tenantId, callId, functionCallId, tool }: ToolCallInput, taskQueue: string) {
  return {
    workflowId: toolCallWorkflowId(tenantId, callId, functionCallId),
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowTaskTimeout: taskTimeoutMs,
    typedSearchAttributes: [{ key: searchAttributes.tenantId, value: tenantId }],
    priority: { priorityKey: 1, fairnessKey: fairnessKeyOf(tenantId) },
    staticSummary: `tool ${tool.name}`,
  } satisfies Omit<WorkflowStartOptions, 'args'>;
}
