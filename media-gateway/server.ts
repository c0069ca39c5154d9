import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { AppError, messageOf } from '../contracts/errors.ts';
import { metricsContentType, type Metrics } from '../contracts/metrics.ts';
import type { Readiness } from '../contracts/readiness.ts';
import type { Stream } from './carrier-socket.ts';

export interface GatewayServerDeps {
  /** Path of the stream's address. */
  path: string;
  onStream: (stream: Stream) => void;
  /** False refuses new streams: the carrier then asks the API. */
  isOpen: () => boolean;
  readiness: Readiness;
  metrics: Metrics;
  log: Logger;
}

export interface GatewayServer {
  /** Resolves with the port. */
  listen(host: string, port: number): Promise<number>;
  /** Streams that are open are cut. */
  close(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 65_536;
const MAX_HEADER_BYTES = 16_384;
const KEEP_ALIVE_MS = 10_000;

/** Takes the carrier's streams on one path, answers health checks and `/metrics`. */
export function createGatewayServer({
  path,
  onStream,
  isOpen,
  readiness,
  metrics,
  log,
}: GatewayServerDeps): GatewayServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false, // base64 of µ-law does not compress: it would cost memory and time for nothing
    skipUTF8Validation: true, // nearly all of it is base64, and what is read as text is replaced where it is no UTF-8
  });
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    answer(request, response, readiness, metrics).catch((failure: unknown) => {
      log.error({ reason: messageOf(failure) }, 'health check failed');
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0] !== path) return refuse(socket, '404 Not Found');
    if (!isOpen()) return refuse(socket, '503 Service Unavailable');
    const header = request.headers['x-twilio-signature'];
    // A peer that vanished without a word is found out by the kernel.
    request.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const signature = Array.isArray(header) ? header[0] : header;
    sockets.handleUpgrade(request, socket, head, (stream) =>
      onStream({ socket: stream, connection: socket, signature }),
    );
    return undefined;
  });

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', (cause: NodeJS.ErrnoException) => {
          const taken = cause.code === 'EADDRINUSE';
          reject(taken ? new AppError('port-in-use', `port ${port} is taken: change GATEWAY_PORT`, { cause }) : cause);
        });
        server.listen(port, host, () => resolve(portOf(server.address())));
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { url, headers }: IncomingMessage,
  response: ServerResponse,
  readiness: Readiness,
  metrics: Metrics,
): Promise<void> {
  if (url === '/healthz') return send(response, 200, { alive: true });
  // Asked for from outside, through the proxy that forwards the carrier's streams: there is no such page.
  if (url === '/metrics' && headers['x-forwarded-for'] === undefined) {
    await readiness.ask();
    return void response.writeHead(200, { 'content-type': metricsContentType }).end(metrics.text());
  }
  if (url !== '/readyz') return send(response, 404, { code: 'not-found', message: 'nothing here' });
  const state = await readiness.ask();
  return send(response, state.ready ? 200 : 503, state);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
