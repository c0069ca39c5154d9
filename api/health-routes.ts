import type { FastifyPluginAsync } from 'fastify';
import type { Readiness } from '../contracts/readiness.ts';

/** `/healthz` while the process lives, `/readyz` by what it needs. Open to all: it says names and states only. */
export function healthRoutes(readiness: Readiness): FastifyPluginAsync {
  return async (app) => {
    app.get('/healthz', async () => ({ alive: true }));
    app.get('/readyz', async (_request, reply) => {
      const answer = await readiness.ask();
      return reply.code(answer.ready ? 200 : 503).send(answer);
    });
  };
}
