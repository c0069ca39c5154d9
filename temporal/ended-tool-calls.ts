import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { EndedToolCall } from '../activities/tool-log-activities.ts';
import { toolCallOfWorkflowId, toolCallWorkflowId } from '../contracts/ids.ts';
import { type SweepResult, workflowNames } from '../contracts/messages.ts';
import type { ToolCallInput, ToolResult } from '../contracts/tools.ts';
import type { ToolCallKey } from '../db/tool-logs.ts';

/** Enough for one of them to have been listed in its place. */
const lastSweeps = 3;

/** What Temporal keeps of tool calls that are over, for as long as the namespace keeps workflows. */
export function createEndedToolCalls(client: Client) {
  return {
    lastSweptMs: async (): Promise<number | undefined> => {
      const query = `WorkflowType = "${workflowNames.toolLogSweep}" AND ExecutionStatus = "Completed"`;
      let sweptMs: number | undefined;
      let looked = 0;
      // The last to end are listed first; where that is not so, more is looked at than need be.
      for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: lastSweeps })) {
        const { untilMs }: SweepResult = await client.workflow.getHandle(workflowId, runId).result();
        sweptMs = Math.max(sweptMs ?? 0, untilMs);
        if (++looked >= lastSweeps) break;
      }
      return sweptMs;
    },

    endedBetween: async function* (sinceMs: number, untilMs: number): AsyncGenerator<ToolCallKey> {
      const time = (ms: number): string => `"${new Date(ms).toISOString()}"`;
      const query =
        `WorkflowType = "${workflowNames.toolCall}" AND ExecutionStatus != "Running" ` +
        `AND CloseTime >= ${time(sinceMs)} AND CloseTime < ${time(untilMs)}`;
      for await (const { workflowId } of client.workflow.list({ query })) {
        const key = toolCallOfWorkflowId(workflowId);
        if (key) yield key;
      }
    },

    readEnded: async ({ tenantId, callId, functionCallId }: ToolCallKey): Promise<EndedToolCall | undefined> => {
      const handle = client.workflow.getHandle(toolCallWorkflowId(tenantId, callId, functionCallId));
      try {
        const { events } = await handle.fetchHistory();
        const { input, startedAtMs } = await begun(client, events?.[0]);
        return { input, startedAtMs, ...(await resultOf(handle.result())) };
      } catch (failure) {
        if (failure instanceof WorkflowNotFoundError) return undefined;
        throw failure;
      }
    },
  };
}

type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

async function begun(client: Client, event: HistoryEvent | undefined) {
  const payload = event?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  const seconds = Number(event?.eventTime?.seconds ?? 0);
  const input = await decoded<ToolCallInput>(client, payload ?? {});
  return { input, startedAtMs: seconds * 1_000 + (event?.eventTime?.nanos ?? 0) / 1e6 };
}

async function decoded<T>(client: Client, payload: Payload): Promise<T> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  let payloads = [payload];
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  return payloadConverter.fromPayload<T>(payloads[0] ?? payload);
}

/** One that was terminated has none. */
async function resultOf(ending: Promise<ToolResult>): Promise<{ result?: ToolResult }> {
  try {
    return { result: await ending };
  } catch (failure) {
    if (failure instanceof WorkflowFailedError) return {};
    throw failure;
  }
}
