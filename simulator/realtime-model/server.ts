import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

import { random } from '../speech/distortions.ts';
import { controlAnswer, type Violation } from './control-api.ts';
import { createKeyRing, type KeyBinding } from './keys.ts';
import { createLiveSession, type LiveSession } from './live-session.ts';
import { parseJson } from './json.ts';
import { isModelTrap } from './model-traps.ts';
import { reasons } from './refusal.ts';
import { generateContent, restError, type RestAnswer } from './rest-answers.ts';
import { createResumptionStore } from './resumption.ts';
import { createTicker } from './ticker.ts';

export interface RealtimeModelServer {
  readonly port: number;
  readonly url: string;
  readonly sessions: readonly LiveSession[];
  close(): Promise<void>;
}

export interface RealtimeModelOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly log?: (line: string) => void;
  /** Call time per real time; above 1 only in tests. */
  readonly speed?: number;
}

const sessionsKept = 1000;
const hangsForMs = 60_000;

/** Starts the simulated realtime model on loopback. */
export async function startRealtimeModel(options: RealtimeModelOptions): Promise<RealtimeModelServer> {
  const { port, log = () => {}, speed = 1 } = options;
  const startedMs = performance.now();
  const liveMs = (): number => {
    const nowMs = performance.now();
    return Math.round(performance.timeOrigin + startedMs + (nowMs - startedMs) * speed);
  };
  const keys = createKeyRing(isModelTrap);
  const resumption = createResumptionStore();
  const ticker = createTicker(liveMs);
  const sessions: LiveSession[] = [];
  const violations: Violation[] = [];
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 16 * 1024 * 1024 });

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log(`request failed: ${String(error)}`);
      reply(response, restError(500, 'INTERNAL', reasons.internal));
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = addressOf(request);
    if (url.pathname === '/healthz') return reply(response, { status: 200, body: { ok: true } });
    if (url.pathname === '/readyz') return reply(response, { status: 200, body: { ready: true, checks: {} } });
    const body = await bodyOf(request);
    const control = controlAnswer(request.method ?? 'GET', url.pathname, url.searchParams, body, {
      keys,
      sessions,
      violations,
      nowMs: liveMs,
    });
    if (control) return reply(response, control);
    const match = /^\/v1(?:beta|alpha)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(url.pathname);
    if (!match || request.method !== 'POST') return reply(response, restError(404, 'NOT_FOUND', 'Not Found'));
    const header = request.headers['x-goog-api-key'];
    const binding = keys.find(typeof header === 'string' ? header : (url.searchParams.get('key') ?? ''));
    if (!binding) return reply(response, restError(400, 'INVALID_ARGUMENT', reasons.badKey));
    const result = generateContent(match[1] ?? '', parseJson(body), binding.scenario);
    if (match[2] === 'generateContent' || result.status !== 200) return reply(response, result);
    if (url.searchParams.get('alt') !== 'sse') return reply(response, { status: 200, body: [result.body] });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(result.body)}\r\n\r\n`);
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const url = addressOf(request);
    const version = /\.(v1|v1beta|v1alpha)\.GenerativeService\.BidiGenerateContent(?:Constrained)?$/.exec(
      url.pathname,
    )?.[1];
    if (version === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const key = url.searchParams.get('key') ?? url.searchParams.get('access_token') ?? '';
    const binding = keys.find(key);
    if (binding?.traps.take('handshake-403')) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      if (binding) connect(ws, key, binding, version);
      else ws.close(1008, reasons.badKey);
    });
  });

  const connect = (ws: WebSocket, key: string, { scenario, traps }: KeyBinding, apiVersion: string): void => {
    const id = randomUUID();
    const session = createLiveSession({
      record: {
        id,
        key,
        scenario: scenario.name,
        apiVersion,
        openedAtMs: liveMs(),
        setup: undefined,
        resumed: false,
        closed: undefined,
        receivedAudioMs: 0,
        outsideActivityMs: 0,
        heard: [],
        received: [],
        sent: [],
        toolCalls: [],
        faults: [],
        sprung: [],
      },
      scenario,
      traps,
      resumption,
      wire: {
        send: (frame) => ws.send(frame, { binary: true }),
        close: (code, reason) => ws.close(code, reason),
        break: () => ws.terminate(),
        hang: () => {
          ws.pause();
          setTimeout(() => ws.terminate(), hangsForMs).unref();
        },
      },
      random: random(Number.parseInt(id.slice(0, 8), 16)),
      newId: () => `function-call-${randomUUID()}`,
      onViolation: (detail) => {
        if (violations.length < sessionsKept) violations.push({ atMs: liveMs(), sessionId: id, key, detail });
        log(`refused: ${detail}`);
      },
    });
    // A fault of the simulator ends one session and says so in its record.
    const guarded = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        session.record.faults.push({ atMs: liveMs(), fault: `the simulator failed: ${String(error)}` });
        ws.close(1011, reasons.internal);
      }
    };
    const ticking = {
      get nextDueMs() {
        return session.nextDueMs;
      },
      tick: (atMs: number) => guarded(() => session.tick(atMs)),
    };
    keep(session);
    ticker.add(ticking);
    ws.on('message', (data) => guarded(() => session.receive(textFrom(data), liveMs())));
    ws.on('error', () => ws.terminate());
    ws.on('close', (code, reason) => {
      session.ended(code, reason.toString(), liveMs());
      ticker.remove(ticking);
    });
  };

  const keep = (session: LiveSession): void => {
    sessions.push(session);
    if (sessions.length <= sessionsKept) return;
    const ended = sessions.findIndex((one) => one.record.closed);
    if (ended !== -1) sessions.splice(ended, 1);
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = portOf(server.address());
  log(`realtime model on 127.0.0.1:${bound}`);
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    sessions,
    async close() {
      ticker.close();
      for (const ws of sockets.clients) ws.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

// The vendor's client sends "//ws/…", which a URL parser would take for a host.
function addressOf(request: IncomingMessage): URL {
  return new URL((request.url ?? '/').replace(/^\/+/, '/'), 'http://model.invalid');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

function reply(response: ServerResponse, { status, body }: RestAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function textFrom(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
