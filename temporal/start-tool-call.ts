import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowStartOptions } from '@temporalio/client';
import { taskQueues, toolCallWorkflowId } from '../contracts/ids.ts';
import { workflowNames } from '../contracts/messages.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import { type ToolCallInput, type ToolResult, toolAttempts } from '../contracts/tools.ts';
import type { CallClientOptions } from './call-client.ts';
import { fairnessKeyOf } from './call-start-options.ts';
import { isUnanswered } from './unanswered.ts';

/** Above the tool's own time: queueing, back-off and the way there and back. */
const marginMs = 5_000;

export function createToolCallStarter(client: Client, { nowMs = Date.now, taskQueue = taskQueues.calls }: CallClientOptions = {}) {
  /**
   * Runs a tool for the model as a workflow of its own and awaits its result; a repeat, also a late one, reads the first
   * one's result. Never throws: every end is a result that the model can be told. At most 8 at once per call, by the caller.
   */
  return async (input: ToolCallInput): Promise<ToolResult> => {
    const { tool } = input;
    const startedMs = nowMs();
    const budgetMs = tool.timeoutMs * toolAttempts(tool) + marginMs;
    try {
      return await client.withDeadline(startedMs + budgetMs, () => executeOnce(client, input, taskQueue));
    } catch (failure) {
      const unanswered = isUnanswered(failure);
      return {
        status: unanswered ? 'timeout' : 'failed',
        error: unanswered ? 'timeout' : 'unreachable',
        retryable: false,
        hint: unanswered
          ? 'The tool has not answered in time. It may still finish: do not repeat it, tell the caller that it takes longer.'
          : 'The tool could not be run. Tell the caller that this is not possible right now.',
        attempts: 0,
        latencyMs: nowMs() - startedMs,
      };
    }
  };
}

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
    workflowTaskTimeout: '2s',
    typedSearchAttributes: [{ key: searchAttributes.tenantId, value: tenantId }],
    priority: { priorityKey: 1, fairnessKey: fairnessKeyOf(tenantId) },
    staticSummary: `tool ${tool.name}`,
  } satisfies Omit<WorkflowStartOptions, 'args'>;
}
