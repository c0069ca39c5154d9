import { once } from 'node:events';
import { createServer } from 'node:http';
import { AppError, messageOf } from '../contracts/errors.ts';
import { addReadiness, metricsContentType, type Metrics } from '../contracts/metrics.ts';

export interface HealthServerOptions {
  port: number;
  /** By name: each resolves when what it names is ready, and fails with the reason otherwise. */
  checks: Readonly<Record<string, () => Promise<void>>>;
  metrics: Metrics;
}

/** Serves `/healthz` (the process lives), `/readyz` (200, or 503 with what is not ready) and `/metrics` on loopback. */
export async function startHealthServer({
  port,
  checks,
  metrics,
}: HealthServerOptions): Promise<{ port: number; close: () => Promise<void> }> {
  addReadiness(metrics, checks);
  const server = createServer((request, response) => {
    const send = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/healthz') return send(200, { ok: true });
    if (request.url === '/metrics')
      return void response.writeHead(200, { 'content-type': metricsContentType }).end(metrics.text());
    if (request.url !== '/readyz') return send(404, { message: '/healthz, /readyz or /metrics' });
    void runChecks(checks).then((results) => {
      const ready = Object.values(results).every((result) => result === 'ok');
      send(ready ? 200 : 503, { ready, checks: results });
    });
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

async function runChecks(checks: HealthServerOptions['checks']): Promise<Record<string, string>> {
  const results = Object.entries(checks).map(async ([name, check]) => {
    const result = await check().then(
      () => 'ok',
      (failure: unknown) => messageOf(failure),
    );
    return [name, result] as const;
  });
  return Object.fromEntries(await Promise.all(results));
}
