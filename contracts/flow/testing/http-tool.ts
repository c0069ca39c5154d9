import type { ToolDefinition } from '../../tools.ts';

/** A tool of a shop that nobody calls. */
export const httpTool = (toolId: string, name: string): ToolDefinition => ({
  toolId,
  name,
  description: '',
  type: 'http',
  endpoint: 'https://crm.test',
  method: 'POST',
  headers: {},
  timeoutMs: 5000,
  idempotent: true,
  maxResponseBytes: 1000,
});
