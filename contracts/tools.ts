/** JSON as it crosses process borders. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** An HTTP tool that the model or a flow may call. */
export interface ToolDefinition {
  toolId: string;
  name: string;
  description: string;
  type: 'http';
  /** JSON Schema of the arguments; absent: the tool is POSTed an open object. */
  parameters?: JsonObject;
  endpoint: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Values may hold `{{args.x}}`, `{{call.id}}`, `{{secrets.name}}` and `{{sensitive.name}}`, digits that the caller typed. */
  headers: Readonly<Record<string, string>>;
  /** Template of the body; absent: the arguments as JSON. */
  body?: Json;
  timeoutMs: number;
  /** Only an idempotent tool is retried. */
  idempotent: boolean;
  maxResponseBytes: number;
}

/** How often a tool is tried at most; what is not idempotent might have happened at the first try. */
export const toolAttempts = ({ idempotent }: Pick<ToolDefinition, 'idempotent'>): number => (idempotent ? 3 : 1);

export interface ToolCallInput {
  tenantId: string;
  callId: string;
  /** Unique within the call; the second half of the idempotency key. */
  functionCallId: string;
  tool: ToolDefinition;
  args: JsonObject;
  /** Addresses that the tenant may reach although they are private, `host:port` exactly. */
  allowedPrivateHosts: readonly string[];
  epoch: number;
  /** What the log of tools shows masked. */
  hidden?: { arguments: readonly string[]; answer: boolean };
}

export const toolStatuses = ['ok', 'failed', 'timeout', 'cancelled'] as const;
export type ToolStatus = (typeof toolStatuses)[number];

/** What the model is told: what happened, and whether trying again makes sense. */
export interface ToolResult {
  status: ToolStatus;
  /** The tool's answer, or nothing where it failed. */
  data?: Json;
  httpStatus?: number;
  /** Stable code of the failure: `bad-arguments`, `refused-address`, `timeout`, `http-error`, `bad-response`, `too-large`, `unreachable`. */
  error?: string;
  retryable: boolean;
  /** One sentence for the model. */
  hint: string;
  attempts: number;
  latencyMs: number;
}
