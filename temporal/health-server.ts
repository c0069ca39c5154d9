import { once } from 'node:events';
import { createServer } from 'node:http';
import { AppError } from '../contracts/errors.ts';
import { metricsContentType, type Metrics } from '../contracts/metrics.ts';
import type { Readiness } from '../contracts/readiness.ts';

export interface HealthServerOptions {
  port: number;
  readiness: Readiness;
  metrics: Metrics;
}

/** Serves `/healthz` (the process lives), `/readyz` (200, or 503 with what is not ready) and `/metrics` on loopback. */
export async function startHealthServer({
  port,
  readiness,
  metrics,
}: HealthServerOptions): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const send = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/healthz') return send(200, { ok: true });
    if (request.url !== '/metrics' && request.url !== '/readyz')
      return send(404, { message: '/healthz, /readyz or /metrics' });
    void readiness.ask().then((state) => {
      if (request.url === '/readyz') send(state.ready ? 200 : 503, state);
      else response.writeHead(200, { 'content-type': metricsContentType }).end(metrics.text());
    });
    return undefined;
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: unknown) => {
    throw new AppError('port-in-use', `the worker's health checks cannot listen on port ${port}: change WORKER_PORT`, {
      cause,
    });
  });
  const address = server.address();
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port: typeof address === 'object' && address ? address.port : port, close };
}
