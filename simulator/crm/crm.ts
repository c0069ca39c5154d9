import http from 'node:http';
import { readBody, sendJson } from '../http-body.ts';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import { isSignedNotice } from './notices.ts';
import { nextAppointment } from './appointments.ts';
import { findCustomer, findOrder } from './orders.ts';

/**
 * A small CRM for tools: orders, customers, leads and appointments over JSON.
 *
 * A request with an `Idempotency-Key` that was seen before gets the same answer and counts once. Knobs under
 * `/_sim/knobs` make it slow, failing or talking nonsense, for the next `times` requests or until they are reset.
 * `/notices` takes webhooks that are signed with its secret.
 * `/orders/slow-status` is `/orders/status` after a while, and `/orders/never` takes a question and says nothing.
 */
export interface Crm {
  url: string;
  close: () => Promise<void>;
}

/** How the CRM misbehaves. */
export interface CrmKnobs {
  delayMs: number;
  /** Answers with this status instead of doing anything. */
  status: number | undefined;
  /** What the body is instead of the answer: no JSON at all, a page, or five megabytes. */
  body: 'garbage' | 'html' | 'oversize' | undefined;
  /** Breaks the connection instead of answering. */
  hangUp: boolean;
  /** Redirects there instead of answering. */
  redirectTo: string | undefined;
  /** How many requests the knobs hold for. */
  times: number;
}

interface SeenRequest {
  atMs: number;
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: unknown;
  idempotencyKey: string | undefined;
  /** How often the same key came, this time included; an effect happens at the first. */
  occurrence: number;
  status: number;
}

interface Answer {
  status: number;
  body: unknown;
}

const OVERSIZE_BYTES = 5 * 1024 * 1024;
const SLOW_MS = 4000;
const MOST_REQUESTS = 1000;
const NO_KNOBS: CrmKnobs = {
  delayMs: 0,
  status: undefined,
  body: undefined,
  hangUp: false,
  redirectTo: undefined,
  times: Number.POSITIVE_INFINITY,
};

export async function startCrm({ port }: { port: number }): Promise<Crm> {
  let knobs = NO_KNOBS;
  const requests: SeenRequest[] = [];
  const answers = new Map<string, { answer: Answer; occurrences: number }>();

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const text = await readBody(request);
    if (path === '/healthz') return sendJson(response, 200, { ok: true });
    if (path === '/readyz') return sendJson(response, 200, { ready: true, checks: { crm: true } });
    if (path === '/_sim/requests' && request.method === 'GET') return sendJson(response, 200, { requests });
    if (path === '/_sim/requests' && request.method === 'DELETE') {
      requests.length = 0;
      answers.clear();
      return sendJson(response, 200, { ok: true });
    }
    if (path === '/_sim/knobs') {
      const read = request.method === 'DELETE' ? NO_KNOBS : readKnobs(text);
      if (!read) return sendJson(response, 400, { message: `knobs: ${Object.keys(NO_KNOBS).join(', ')}` });
      knobs = read;
      return sendJson(response, 200, { ok: true });
    }
    await answerTool(request, response, path, text);
  };

  const answerTool = async (
    request: http.IncomingMessage,
    response: http.ServerResponse,
    path: string,
    text: string | undefined,
  ): Promise<void> => {
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' ? header : undefined;
    const active = knobs.times > 0 ? knobs : NO_KNOBS;
    knobs = { ...knobs, times: knobs.times - 1 };
    const seen = {
      atMs: performance.now(),
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: parseJson(text),
      idempotencyKey: key,
      occurrence: 1,
      status: 0,
    };
    requests.push(seen);
    if (requests.length > MOST_REQUESTS) requests.shift();
    if (path === '/orders/never') return;
    const delayMs = active.delayMs + (path === '/orders/slow-status' ? SLOW_MS : 0);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (active.status !== undefined) {
      seen.status = active.status;
      return sendJson(response, active.status, { message: 'the CRM is out of order' });
    }
    if (path === '/notices') {
      seen.status = isSignedNotice(request.headers, text ?? '', Date.now()) ? 200 : 401;
      return sendJson(response, seen.status, {});
    }
    const known = key === undefined ? undefined : answers.get(`${path} ${key}`);
    const answer = known?.answer ?? answerOf(request.method, path, seen.body);
    seen.occurrence = (known?.occurrences ?? 0) + 1;
    seen.status = answer.status;
    if (key !== undefined) answers.set(`${path} ${key}`, { answer, occurrences: seen.occurrence });
    if (active.hangUp) return void request.socket.destroy();
    if (active.redirectTo !== undefined) return void response.writeHead(302, { location: active.redirectTo }).end();
    if (active.body !== undefined) return sendNonsense(response, active.body);
    sendJson(response, answer.status, answer.body);
  };

  const server = http.createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  return { url: await listenOnLoopback(server, port), close: () => closeServer(server) };
}

function answerOf(method: string | undefined, path: string, body: unknown): Answer {
  if (method !== 'POST') return { status: 405, body: { message: 'only POST' } };
  const take = takers[path];
  if (!take) return { status: 404, body: { message: 'no such path' } };
  return isRecord(body) ? take(body) : { status: 400, body: { message: 'body is not a JSON object' } };
}

const takers: Readonly<Record<string, (body: Record<string, unknown>) => Answer>> = {
  '/orders/status': orderStatus,
  '/orders/slow-status': orderStatus,
  '/customers/lookup': customerLookup,
  '/leads': ({ phone }) => kept('lead', phone),
  '/appointments/next': ({ phone }) => appointmentOf(phone),
  '/appointments/answer': ({ appointmentId }) => kept('appointment', appointmentId),
  '/appointments/move': ({ starts_at: startsAt }) => kept('appointment', startsAt),
  '/reservations': ({ arrival }) => kept('reservation', arrival),
};

function appointmentOf(phone: unknown): Answer {
  if (typeof phone !== 'string') return { status: 422, body: { message: 'phone is needed' } };
  const found = nextAppointment(phone, Date.now());
  return found ? { status: 200, body: found } : { status: 404, body: { message: 'no appointment' } };
}

/** Nothing is kept but the request, which can be read back. */
function kept(what: string, about: unknown): Answer {
  if (typeof about !== 'string') return { status: 422, body: { message: `the ${what} is about nothing` } };
  return { status: 200, body: { ok: true, [`${what}Id`]: `${what}-${about.slice(-6)}` } };
}

function orderStatus({ order_number: orderNumber }: Record<string, unknown>): Answer {
  if (typeof orderNumber !== 'string' && typeof orderNumber !== 'number') {
    return { status: 422, body: { message: 'order_number is needed' } };
  }
  const order = findOrder(String(orderNumber));
  if (!order) return { status: 404, body: { message: 'no such order', order_number: String(orderNumber) } };
  const { status, eta, items } = order;
  return { status: 200, body: { order_number: order.orderNumber, status, eta: eta.en, eta_cs: eta.cs, items } };
}

function customerLookup({ phone }: Record<string, unknown>): Answer {
  if (typeof phone !== 'string') return { status: 422, body: { message: 'phone is needed' } };
  const customer = findCustomer(phone);
  return customer ? { status: 200, body: customer } : { status: 404, body: { message: 'no such customer' } };
}

function sendNonsense(response: http.ServerResponse, kind: 'garbage' | 'html' | 'oversize'): void {
  if (kind === 'html') {
    return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please sign in</h1>');
  }
  const body = kind === 'garbage' ? '{"order_number": "47' : JSON.stringify({ filler: 'x'.repeat(OVERSIZE_BYTES) });
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

function readKnobs(text: string | undefined): CrmKnobs | undefined {
  const given = parseJson(text);
  if (!isRecord(given)) return undefined;
  if (Object.keys(given).some((name) => !(name in NO_KNOBS))) return undefined;
  const { delayMs, status, body, hangUp, redirectTo, times } = given;
  return {
    delayMs: typeof delayMs === 'number' ? delayMs : 0,
    status: typeof status === 'number' ? status : undefined,
    body: (['garbage', 'html', 'oversize'] as const).find((kind) => kind === body),
    hangUp: hangUp === true,
    redirectTo: typeof redirectTo === 'string' ? redirectTo : undefined,
    times: typeof times === 'number' ? times : Number.POSITIVE_INFINITY,
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
