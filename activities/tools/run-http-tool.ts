import type { Json, JsonObject, ToolCallInput } from '../../contracts/tools.ts';
import { traced, type Tracer } from '../../contracts/tracing.ts';
import type { createGuardedAgents } from './address-guard.ts';
import { checkArguments } from './check-arguments.ts';
import { sendToolRequest } from './http-request.ts';
import {
  type TemplateValues,
  argumentNamesIn,
  namesIn,
  renderBody,
  renderHeader,
  renderUrl,
} from './render-template.ts';
import { ToolFailure, type ToolOutcome } from './tool-failure.ts';

/** Statuses after which the same request may well succeed: timeout, too early, too many, and the server's own faults. */
const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const withoutBody: ReadonlySet<string> = new Set(['GET', 'DELETE']);
const shortestSecret = 4;

export interface HttpToolDeps {
  agents: Pick<ReturnType<typeof createGuardedAgents>, 'agentFor'>;
  /** A tenant's secret for tools; undefined where there is none of the name. */
  readSecret: (tenantId: string, name: string) => Promise<string | undefined>;
  /** What the caller typed for the flow alone; undefined where he has not. Rejects where the call cannot be asked. */
  readSensitive: (call: { tenantId: string; callId: string }, name: string) => Promise<string | undefined>;
  /** The request itself bears no trace: what we make of a call is not its receiver's to know. */
  tracer?: Tracer | undefined;
}

/** One attempt at a tool; what it throws is a `ToolFailure`. Secrets and sensitive input that the tool echoes are blotted out. */
export async function runHttpTool(
  { agents, readSecret, readSensitive, tracer }: HttpToolDeps,
  { tenantId, callId, functionCallId, tool, args, allowedPrivateHosts }: ToolCallInput,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  checkArguments(tool.parameters, args);
  const templates = [tool.endpoint, tool.headers, tool.body];
  const sensitive = new Map<string, string>();
  for (const name of namesIn('sensitive', ...templates)) {
    const typed = await readSensitive({ tenantId, callId }, name).catch(refuseUnread);
    if (typed !== undefined) sensitive.set(name, typed);
  }
  const secrets = new Map<string, string>();
  for (const name of namesIn('secrets', ...templates)) {
    const secret = await readSecret(tenantId, name);
    if (secret !== undefined) secrets.set(name, secret);
  }
  const values: TemplateValues = { args, callId, secrets, sensitive };
  const body = bodyOf(tool.method, tool.body, values);
  const request = {
    url: urlOf(tool.endpoint, tool.method, values),
    method: tool.method,
    headers: headersOf(tool.headers, values, {
      hasBody: body !== undefined,
      idempotencyKey: `${callId}/${functionCallId}`,
    }),
    body,
    maxResponseBytes: tool.maxResponseBytes,
    allowedPrivateHosts,
    signal,
  };
  const { httpStatus, data } = await traced(
    tracer,
    { tenantId, callId },
    { name: 'tool request', facts: { tool: tool.name }, factsOf: (response) => ({ httpStatus: response.httpStatus }) },
    () => sendToolRequest(agents, request),
  );
  const answer = blotted(data, [...secrets.values(), ...sensitive.values()]);
  if (httpStatus < 300)
    return { status: 'ok', data: answer, httpStatus, retryable: false, hint: 'The tool has done its work.' };
  return refusedBy(httpStatus, answer, tool.idempotent);
}

function refuseUnread(cause: unknown): never {
  throw new ToolFailure('unreachable', 'What the caller typed cannot be read right now.', { transient: true, cause });
}

function urlOf(endpoint: string, method: string, values: TemplateValues): URL {
  const url = renderUrl(endpoint, values);
  if (!withoutBody.has(method)) return url;
  const used = argumentNamesIn(endpoint);
  for (const [name, value] of Object.entries(values.args)) {
    if (!used.has(name)) url.searchParams.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return url;
}

function bodyOf(method: string, template: Json | undefined, values: TemplateValues): string | undefined {
  if (template !== undefined) return JSON.stringify(renderBody(template, values) ?? null);
  return withoutBody.has(method) ? undefined : JSON.stringify(values.args);
}

function headersOf(
  templates: Readonly<Record<string, string>>,
  values: TemplateValues,
  { hasBody, idempotencyKey }: { hasBody: boolean; idempotencyKey: string },
): Record<string, string> {
  const own = Object.entries(templates).map(
    ([name, template]) => [name.toLowerCase(), renderHeader(template, values)] as const,
  );
  const type: Record<string, string> = hasBody ? { 'content-type': 'application/json' } : {};
  return {
    accept: 'application/json, text/*',
    'user-agent': 'Switchboard',
    ...type,
    ...Object.fromEntries(own),
    'idempotency-key': idempotencyKey,
  };
}

function refusedBy(httpStatus: number, data: Json, idempotent: boolean): ToolOutcome {
  const transient = transientStatuses.has(httpStatus);
  if (transient && idempotent)
    throw new ToolFailure('http-error', `The tool is out of order right now (status ${httpStatus}).`, {
      transient,
      mayHaveHappened: true,
      cause: httpStatus,
    });
  const hint = transient
    ? 'The tool is out of order right now; it is not known what it did.'
    : 'The tool refused: see what it says, correct the arguments or tell the caller.';
  return { status: 'failed', data, httpStatus, error: 'http-error', retryable: false, hint };
}

/** A copy in which none of these stands. Short ones are left: they would blot out words. */
function blotted(data: Json, secrets: readonly string[]): Json {
  const hidden = secrets.filter(({ length }) => length >= shortestSecret);
  if (hidden.length === 0) return data;
  const clean = (text: string): string => hidden.reduce((left, secret) => left.replaceAll(secret, '•••'), text);
  const walk = (value: Json): Json => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map((item: Json) => walk(item));
    if (typeof value !== 'object' || value === null) return value;
    const fields: JsonObject = Object.fromEntries(
      Object.entries(value).map(([name, field]) => [clean(name), walk(field)]),
    );
    return fields;
  };
  return walk(data);
}
