import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import type { SessionRecord } from './session-record.ts';
import { createTicker } from './ticker.ts';

/** One connection of a client, as its socket and the clock drive it. */
export interface HostedSession {
  readonly record: SessionRecord;
  /** When something is due next; Infinity when nothing is. */
  readonly nextDueMs: number;
  receive(text: string, atMs: number): void;
  tick(atMs: number): void;
  /** The client has closed the socket. */
  ended(code: number, reason: string, atMs: number): void;
}

export interface SessionHostOptions {
  /** Call time per real time; above 1 only in tests. */
  readonly speed: number;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The server of a simulated model: its clock, its sockets and the sessions behind them. */
export interface SessionHost<Session extends HostedSession> {
  /** Newest last; the oldest ended ones are forgotten first. */
  readonly sessions: readonly Session[];
  readonly nowMs: () => number;
  /** Completes the handshake. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, then: (ws: WebSocket) => void): void;
  /** Drives the session from here on by the socket and the clock. */
  serve(ws: WebSocket, session: Session): void;
  listen(port: number): Promise<string>;
  readonly close: () => Promise<void>;
}

const sessionsKept = 1000;
const mostFrameBytes = 16 * 1024 * 1024;

export function createSessionHost<Session extends HostedSession>(options: SessionHostOptions): SessionHost<Session> {
  const startedMs = performance.now();
  const nowMs = (): number =>
    Math.round(performance.timeOrigin + startedMs + (performance.now() - startedMs) * options.speed);
  const ticker = createTicker(nowMs);
  const sessions: Session[] = [];
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: mostFrameBytes });
  const server = createServer(options.answer);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    options.upgrade(request, socket, head);
  });

  const keep = (session: Session): void => {
    sessions.push(session);
    if (sessions.length <= sessionsKept) return;
    const ended = sessions.findIndex((one) => one.record.closed);
    if (ended !== -1) sessions.splice(ended, 1);
  };

  return {
    sessions,
    nowMs,
    upgrade: (request, socket, head, then) => sockets.handleUpgrade(request, socket, head, then),
    serve(ws, session) {
      // A fault of the simulator ends one session and says so in its record.
      const guarded = (act: () => void): void => {
        try {
          act();
        } catch (error) {
          session.record.faults.push({ atMs: nowMs(), fault: `the simulator failed: ${String(error)}` });
          ws.close(1011, 'Internal error encountered.');
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
      ws.on('message', (data) => guarded(() => session.receive(textFrom(data), nowMs())));
      ws.on('error', () => ws.terminate());
      ws.on('close', (code, reason) => {
        session.ended(code, reason.toString(), nowMs());
        ticker.remove(ticking);
      });
    },
    listen: (port) => listenOnLoopback(server, port),
    async close() {
      ticker.close();
      for (const ws of sockets.clients) ws.terminate();
      await closeServer(server);
    },
  };
}

/** Answers a handshake with an HTTP status instead. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Where a request goes; a client may send "//ws/…", which a URL parser would take for a host. */
export function addressOf(request: IncomingMessage): URL {
  return new URL((request.url ?? '/').replace(/^\/+/, '/'), 'http://model.invalid');
}

function textFrom(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
