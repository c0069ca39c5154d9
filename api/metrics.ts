import type { FastifyInstance } from 'fastify';
import { metricsContentType, waitBounds, type Metrics } from '../contracts/metrics.ts';
import type { Readiness } from '../contracts/readiness.ts';
import type { Adoptions } from './adoptions.ts';

/** Counts callers who are given their number's degraded plan, and says how many of their calls wait for their workflow. */
export function measureAdoptions<A extends Pick<Adoptions, 'offer' | 'waiting'>>(adoptions: A, metrics: Metrics): A {
  // There from the beginning: a first one that comes as the first sample is no increase to Prometheus.
  const degraded = metrics
    .counter('switchboard_degraded_answers_total', 'Answers from a degraded plan of a number')
    .of({});
  metrics.gauge('switchboard_calls_unadopted', 'Calls that wait for their workflow', () => [
    { value: adoptions.waiting() },
  ]);
  return {
    ...adoptions,
    offer: (call) => {
      degraded.add();
      adoptions.offer(call);
    },
  };
}

/** Shows what is known without the database, and how often it stood in for it. */
export function countKept(metrics: Metrics): (what: string, size: () => number) => () => void {
  const served = metrics.counter(
    'switchboard_kept_answers_total',
    'Stale answers from memory for want of the database',
  );
  const sizes = new Map<string, () => number>();
  metrics.gauge('switchboard_kept_entries', 'What is known without the database', () =>
    [...sizes].map(([what, size]) => ({ value: size(), labels: { what } })),
  );
  return (what, size) => {
    sizes.set(what, size);
    const answers = served.of({ what });
    return () => answers.add();
  };
}

/** Counts the API's requests by route, never by address: an address names calls and tenants. Answers `/metrics`. */
export function measureRequests(app: FastifyInstance, metrics: Metrics, readiness: Readiness): void {
  const seconds = metrics.histogram('switchboard_http_request_seconds', 'Requests by route and status', waitBounds);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe(reply.elapsedTime / 1000, { route, status: String(reply.statusCode) });
  });
  app.get('/metrics', async (request, reply) => {
    // Asked for from outside, through the proxy that forwards the carrier's requests: there is no such page.
    if (request.headers['x-forwarded-for'] !== undefined) return reply.callNotFound();
    await readiness.ask();
    return reply.type(metricsContentType).send(metrics.text());
  });
}
