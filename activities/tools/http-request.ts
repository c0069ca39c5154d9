import { type Dispatcher, request } from 'undici';
import type { Json, ToolDefinition } from '../../contracts/tools.ts';
import { type createGuardedAgents, checkUrl } from './address-guard.ts';
import { ToolFailure } from './tool-failure.ts';

const maxRedirects = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Codes of failures before any byte of the request was sent. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface ToolRequest {
  url: URL;
  method: ToolDefinition['method'];
  headers: Readonly<Record<string, string>>;
  body?: string;
  maxResponseBytes: number;
  allowedPrivateHosts: readonly string[];
  signal: AbortSignal;
}

export interface ToolResponse {
  httpStatus: number;
  data: Json;
}

/** Sends a tool's request, follows at most three redirects (each checked anew), and reads at most the allowed bytes. */
export async function sendToolRequest(
  agents: Pick<ReturnType<typeof createGuardedAgents>, 'agentFor'>,
  first: ToolRequest,
): Promise<ToolResponse> {
  let next = first;
  for (let redirects = 0; ; redirects++) {
    checkUrl(next.url, next.allowedPrivateHosts);
    const response = await send(agents.agentFor(next.url, next.allowedPrivateHosts), next);
    const { location } = response.headers;
    if (!redirectStatuses.has(response.statusCode) || typeof location !== 'string') return read(response, next);
    await response.body.dump();
    if (redirects >= maxRedirects || !URL.canParse(location, next.url.href)) throw unusable('a redirect');
    next = redirected(next, new URL(location, next.url), response.statusCode);
  }
}

async function send(
  dispatcher: Dispatcher,
  { url, method, headers, body, signal }: ToolRequest,
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url.href, { dispatcher, method, headers, body, signal });
  } catch (failure) {
    throw asToolFailure(failure, signal);
  }
}

/** As browsers do it: 307 and 308 repeat the request, the others become a GET. Another origin gets none of our headers. */
function redirected(before: ToolRequest, url: URL, status: number): ToolRequest {
  const repeats = status === 307 || status === 308;
  const sameOrigin = url.origin === before.url.origin;
  if (repeats && !sameOrigin) throw unusable('a redirect of the whole request to another origin');
  const headers = sameOrigin ? before.headers : {};
  return repeats ? { ...before, url } : { ...before, url, headers, method: 'GET', body: undefined };
}

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { maxResponseBytes, signal }: ToolRequest,
): Promise<ToolResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > maxResponseBytes)
        throw new ToolFailure('too-large', 'The tool answered more than can be read.', { mayHaveHappened: true });
      chunks.push(bytes);
    }
  } catch (failure) {
    body.destroy();
    throw asToolFailure(failure, signal);
  }
  return {
    httpStatus: statusCode,
    data: parse(Buffer.concat(chunks), String(headers['content-type'] ?? ''), statusCode),
  };
}

/** What cannot be read is an error where the tool succeeded, and left out where it failed anyway. */
function parse(body: Buffer, contentType: string, status: number): Json {
  if (body.length === 0) return null;
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(contentType);
  try {
    if (!isJson && !/^text\//i.test(contentType) && contentType !== '')
      throw new TypeError(`content type ${contentType}`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const data: Json = isJson ? JSON.parse(text) : text;
    return data;
  } catch (cause) {
    if (status >= 400) return null;
    throw unusable(cause);
  }
}

function unusable(cause: unknown): ToolFailure {
  return new ToolFailure('bad-response', 'The tool gave no usable answer.', { mayHaveHappened: true, cause });
}

function asToolFailure(failure: unknown, signal: AbortSignal): ToolFailure {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (error instanceof ToolFailure) return error;
  }
  if (signal.aborted)
    return new ToolFailure('timeout', 'The tool did not answer in time.', {
      transient: true,
      mayHaveHappened: true,
      cause: failure,
    });
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  return new ToolFailure('unreachable', 'The tool cannot be reached right now.', {
    transient: true,
    mayHaveHappened: !unsentCodes.has(code),
    cause: failure,
  });
}
