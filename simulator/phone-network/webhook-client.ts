import http from 'node:http';
import { type ConnectionPolicy, parseOverrides, type RetryCause } from './connection-overrides.ts';
import { encodeForm, type FormFields } from './form-fields.ts';
import type { NameTable } from './name-table.ts';
import { signRequest } from './signature.ts';

/** One request to the customer's server. */
export interface WebhookRequest {
  url: string;
  method: 'GET' | 'POST';
  fields: FormFields;
  authToken: string;
  idempotencyToken: string;
}

export interface WebhookAnswer {
  ok: true;
  url: string;
  status: number;
  contentType: string;
  body: Buffer;
  attempts: number;
  latencyMs: number;
}

/** Error codes: 11200 HTTP failure, 11205 no connection, 11210 unknown name, 11243 bad connection policy, 21402 bad URL. */
export interface WebhookFailure {
  ok: false;
  url: string;
  errorCode: 11200 | 11205 | 11210 | 11243 | 21402;
  detail: string;
  status?: number;
  attempts: number;
  latencyMs: number;
}

export type WebhookOutcome = WebhookAnswer | WebhookFailure;

export type WebhookClient = (request: WebhookRequest) => Promise<WebhookOutcome>;

type Attempt =
  | { kind: 'answered'; status: number; contentType: string; body: Buffer }
  /** `tt`: the whole time is over, nothing is tried again. */
  | { kind: 'failed'; cause: 'ct' | 'rt' | 'tt'; detail: string };

const MOST_BODY_BYTES = 1024 * 1024;

/**
 * Calls the customer's server as the network does: the public URL (without fragment) is signed, its name goes into
 * `Host`, the connection itself is plain HTTP to the loopback address that the name table gives, with the headers
 * that a TLS-terminating proxy adds. Latency is in real milliseconds.
 */
export function createWebhookClient(names: NameTable): WebhookClient {
  return async (request) => {
    const startedAt = performance.now();
    const parsed = parseOverrides(request.url);
    const done = (attempts: number) => ({ url: parsed.url, attempts, latencyMs: performance.now() - startedAt });
    if (!parsed.ok) return { ok: false, errorCode: 11243, detail: parsed.reason, ...done(0) };
    if (!URL.canParse(parsed.url)) return { ok: false, errorCode: 21402, detail: 'not a URL', ...done(0) };
    const endpoint = names.resolve(new URL(parsed.url));
    if (!endpoint) return { ok: false, errorCode: 11210, detail: 'name does not resolve', ...done(0) };

    const send = prepare(request, parsed.url);
    const deadline = startedAt + parsed.policy.totalMs;
    for (let attempts = 1; ; attempts += 1) {
      const result = await attempt(send, endpoint, parsed.policy, deadline - performance.now());
      const cause = failureOf(result);
      const again = cause && cause !== 'tt' && attempts <= parsed.policy.retries && performance.now() < deadline;
      if (again && parsed.policy.retryOn.has(cause)) continue;
      if (result.kind === 'failed') {
        const errorCode = result.cause === 'ct' ? 11205 : 11200;
        return { ok: false, errorCode, detail: result.detail, ...done(attempts) };
      }
      if (result.status < 200 || result.status > 299) {
        const detail = `answered ${result.status}`;
        return { ok: false, errorCode: 11200, detail, status: result.status, ...done(attempts) };
      }
      const { status, contentType, body } = result;
      return { ok: true, status, contentType, body, ...done(attempts) };
    }
  };
}

interface PreparedRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body: string;
}

function prepare({ method, fields, authToken, idempotencyToken }: WebhookRequest, publicUrl: string): PreparedRequest {
  const query = method === 'GET' ? encodeForm(fields) : '';
  const url = query === '' ? publicUrl : `${publicUrl}${publicUrl.includes('?') ? '&' : '?'}${query}`;
  const { protocol, host, pathname, search } = new URL(url);
  const body = method === 'POST' ? encodeForm(fields) : '';
  return {
    method,
    path: pathname + search,
    body,
    headers: {
      host,
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-host': host,
      'x-forwarded-for': '54.172.60.0',
      'x-twilio-signature': signRequest(authToken, url, method === 'POST' ? fields : {}),
      'i-twilio-idempotency-token': idempotencyToken,
      'user-agent': 'TwilioProxy/1.1',
      accept: '*/*',
      ...(method === 'POST' && {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'content-length': String(Buffer.byteLength(body)),
      }),
    },
  };
}

function failureOf(result: Attempt): RetryCause | 'tt' | undefined {
  if (result.kind === 'failed') return result.cause;
  if (result.status >= 500) return '5xx';
  return result.status >= 400 ? '4xx' : undefined;
}

function attempt(
  send: PreparedRequest,
  endpoint: { host: string; port: number },
  policy: ConnectionPolicy,
  remainingMs: number,
): Promise<Attempt> {
  return new Promise((resolve) => {
    let connected = false;
    const fail = (detail: string, cause: 'ct' | 'rt' | 'tt' = connected ? 'rt' : 'ct'): void => {
      resolve({ kind: 'failed', cause, detail });
      request.destroy();
    };
    const total = setTimeout(() => fail('total time exceeded', 'tt'), Math.max(1, remainingMs));
    let step = setTimeout(() => fail('connect timed out'), policy.connectMs);
    const request = http.request({ ...endpoint, ...send, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BODY_BYTES) return fail('answer is too large');
        chunks.push(chunk);
      });
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? '';
        const body = Buffer.concat(chunks);
        resolve({ kind: 'answered', status: response.statusCode ?? 0, contentType, body });
      });
    });
    request.on('socket', (socket) =>
      socket.on('connect', () => {
        connected = true;
        clearTimeout(step);
        step = setTimeout(() => fail('read timed out'), policy.readMs);
      }),
    );
    request.on('error', (error) => fail(error.message));
    request.on('close', () => {
      clearTimeout(total);
      clearTimeout(step);
      fail('connection closed before an answer');
    });
    request.end(send.body);
  });
}
