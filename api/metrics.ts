import type { FastifyInstance } from 'fastify';
import { metricsContentType, waitBounds, type Metrics } from '../contracts/metrics.ts';

/** Counts the API's requests by route, never by address: an address names calls and tenants. Answers `/metrics`. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram('switchboard_http_request_seconds', 'Requests by route and status', waitBounds);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe(reply.elapsedTime / 1000, { route, status: String(reply.statusCode) });
  });
  app.get('/metrics', async (request, reply) => {
    // Asked for from outside, through the proxy that forwards the carrier's requests: there is no such page.
    if (request.headers['x-forwarded-for'] !== undefined) return reply.callNotFound();
    return reply.type(metricsContentType).send(metrics.text());
  });
}
