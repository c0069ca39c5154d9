import type { FastifyPluginAsync } from 'fastify';
import { AppError } from '../contracts/errors.ts';
import { firstOf } from './kept-lookup.ts';

/** What this process needs, by name. A check resolves when it is there; its failure says what is wrong. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

const checkMs = 2000;

/** `/healthz` while the process lives, `/readyz` by what it needs. Open to all: it says names and states only. */
export function healthRoutes(checks: ReadinessChecks): FastifyPluginAsync {
  return async (app) => {
    app.get('/healthz', async () => ({ alive: true }));
    app.get('/readyz', async (_request, reply) => {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const),
      );
      const ready = results.every(([, state]) => state === 'ready');
      return reply.code(ready ? 200 : 503).send({ ready, checks: Object.fromEntries(results) });
    });
  };
}

async function stateOf(check: () => Promise<void>): Promise<string> {
  try {
    return await firstOf(
      check().then(() => 'ready'),
      checkMs,
      'no answer',
    );
  } catch (failure) {
    return failure instanceof AppError ? failure.code : 'not ready';
  }
}
