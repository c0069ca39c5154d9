import type { ToolCallInput, ToolDefinition } from '../contracts/tools.ts';

export function madeUpTool(fields: Partial<ToolDefinition> & { endpoint: string }): ToolDefinition {
  return {
    toolId: 'crm',
    name: 'crm',
    description: 'Looks up a customer.',
    type: 'http',
    method: 'POST',
    headers: {},
    timeoutMs: 2_000,
    idempotent: false,
    maxResponseBytes: 10_000,
    ...fields,
  };
}

/** An assistant's own tools, of which only the names matter. */
export const madeUpTools = (names: readonly string[]): ToolDefinition[] =>
  names.map((name) => madeUpTool({ toolId: `own/${name}`, name, endpoint: 'https://tools.test' }));

export function madeUpToolCall(tool: ToolDefinition, fields: Partial<ToolCallInput> = {}): ToolCallInput {
  return {
    tenantId: 'acme',
    callId: 'CA1',
    functionCallId: 'f1',
    tool,
    args: {},
    allowedPrivateHosts: [new URL(tool.endpoint.replaceAll(/[{}]/g, '')).host],
    epoch: 1,
    ...fields,
  };
}
