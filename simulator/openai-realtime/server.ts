import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { createKeyRing, type KeyBinding } from '../realtime-model/keys.ts';
import { createTicker } from '../realtime-model/ticker.ts';
import { random } from '../speech/distortions.ts';
import { createOpenAiSession, type OpenAiSession } from './openai-session.ts';
import { isOpenAiTrap, type OpenAiTrapName } from './openai-traps.ts';

export interface OpenAiRealtimeServer {
  readonly url: string;
  readonly sessions: readonly OpenAiSession[];
  readonly violations: readonly string[];
  close(): Promise<void>;
}

export interface OpenAiRealtimeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly log?: (line: string) => void;
  /** Call time per real time; above 1 only in tests. */
  readonly speed?: number;
}

const models = /^gpt-realtime(-1\.5|-2|-2\.1|-2\.1-mini|-mini)?$/;
const sessionsKept = 1000;

/** Starts the simulated server of the vendor's realtime interface on loopback. Keys are as those of the other model. */
export async function startOpenAiRealtime(options: OpenAiRealtimeOptions): Promise<OpenAiRealtimeServer> {
  const { port, log = () => {}, speed = 1 } = options;
  const startedMs = performance.now();
  const liveMs = (): number => Math.round(performance.timeOrigin + startedMs + (performance.now() - startedMs) * speed);
  const keys = createKeyRing(isOpenAiTrap);
  const ticker = createTicker(liveMs);
  const sessions: OpenAiSession[] = [];
  const violations: string[] = [];
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 16 * 1024 * 1024 });

  const server = createServer((request, response) => {
    const { pathname, searchParams } = addressOf(request);
    const key = searchParams.get('key');
    const answers: Readonly<Record<string, () => unknown>> = {
      '/healthz': () => ({ ok: true }),
      '/readyz': () => ({ ready: true, checks: {} }),
      '/_sim/violations': () => violations,
      '/_sim/sessions': () =>
        sessions.map(({ record }) => record).filter((record) => key === null || record.key === key),
    };
    const answer = answers[pathname];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(answer ? answer() : { error: { message: `nothing at ${pathname}` } }));
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = addressOf(request);
    const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const binding = keys.find(key);
    const model = searchParams.get('model') ?? '';
    if (pathname !== '/v1/realtime') return refuse(socket, '404 Not Found');
    if (!binding) return refuse(socket, '401 Unauthorized');
    if (!models.test(model)) return refuse(socket, '400 Bad Request');
    sockets.handleUpgrade(request, socket, head, (ws) => connect(ws, key, model, binding));
    return undefined;
  });

  const connect = (ws: WebSocket, key: string, model: string, binding: KeyBinding<OpenAiTrapName>): void => {
    const id = `sess_${randomUUID()}`;
    const session = createOpenAiSession({
      record: {
        id,
        key,
        scenario: binding.scenario.name,
        apiVersion: 'v1',
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
      model,
      scenario: binding.scenario,
      traps: binding.traps,
      wire: { send: (text) => ws.send(text), close: (code, reason) => ws.close(code, reason) },
      random: random(Number.parseInt(id.slice(5, 13), 16)),
      newId: (kind) => `${kind}_${randomUUID()}`,
      onViolation: (detail) => {
        if (violations.length < sessionsKept) violations.push(detail);
        log(`refused: ${detail}`);
      },
    });
    // A fault of the simulator ends one session and says so in its record.
    const guarded = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        session.record.faults.push({ atMs: liveMs(), fault: `the simulator failed: ${String(error)}` });
        ws.close(1011, 'internal error');
      }
    };
    const ticking = {
      get nextDueMs() {
        return session.nextDueMs;
      },
      tick: (atMs: number) => guarded(() => session.tick(atMs)),
    };
    sessions.push(session);
    if (sessions.length > sessionsKept) sessions.shift();
    ticker.add(ticking);
    ws.on('message', (data) => guarded(() => session.receive(textFrom(data), liveMs())));
    ws.on('error', () => ws.terminate());
    ws.on('close', (code, reason) => {
      session.ended(code, reason.toString(), liveMs());
      ticker.remove(ticking);
    });
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  log(`openai realtime on 127.0.0.1:${bound}`);
  return {
    url: `http://127.0.0.1:${bound}`,
    sessions,
    violations,
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

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function addressOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://model.invalid');
}

function textFrom(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
