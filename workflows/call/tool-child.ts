import { WorkflowIdReusePolicy, executeChild } from '@temporalio/workflow';
import { toolCallWorkflowId } from '../../contracts/ids.ts';
import { workflowNames } from '../../contracts/messages.ts';
import type { ToolCallInput, ToolResult } from '../../contracts/tools.ts';

/** A tool call of the flow itself, as a child of the call that it outlives. */
export function runToolChild(input: ToolCallInput): Promise<ToolResult> {
  const { tenantId, callId, functionCallId, tool } = input;
  return executeChild<(input: ToolCallInput) => Promise<ToolResult>>(workflowNames.toolCall, {
    args: [input],
    workflowId: toolCallWorkflowId(tenantId, callId, functionCallId),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowTaskTimeout: '1s',
    parentClosePolicy: 'ABANDON',
    staticSummary: `tool ${tool.name}`,
  });
}
