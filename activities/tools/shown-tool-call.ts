import { masked } from '../../contracts/flow/masking.ts';
import type { JsonObject, ToolCallInput, ToolResult } from '../../contracts/tools.ts';
import type { CallKey } from '../../db/call-sessions.ts';
import type { ToolLog } from '../../db/tool-logs.ts';

/** What is logged of a tool call: its own arguments and answer, but for what nobody may read. */
export function toolLogOf(input: ToolCallInput, result: ToolResult, startedAtMs: number): CallKey & ToolLog {
  const { tenantId, callId, functionCallId, epoch, tool } = input;
  const { toolId, name } = tool;
  return { tenantId, callId, functionCallId, toolId, name, epoch, ...shown(input, result), startedAtMs };
}

function shown({ args, hidden }: ToolCallInput, result: ToolResult): { parameters: JsonObject; result: ToolResult } {
  if (!hidden) return { parameters: args, result };
  const parameters = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, hidden.arguments.includes(name) ? masked : value]),
  );
  return { parameters, result: hidden.answer && result.data !== undefined ? { ...result, data: masked } : result };
}
