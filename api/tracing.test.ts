import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createFakeTracer } from '../test/fake-tracer.ts';
import { traceWebhooks } from './tracing.ts';

/** An app whose requests were signed by the tenant, or, without one, by nobody. */
function createApp(tenantId: string | undefined) {
  const tracer = createFakeTracer();
  const app = fastify();
  app.decorateRequest('carrier', undefined);
  app.addHook('preValidation', async (request) => {
    if (tenantId !== undefined) request.carrier = { accountId: 'AC1', tenantIds: [tenantId] };
  });
  traceWebhooks(app, tracer);
  app.post('/voice', async () => tracer.running() ?? 'nothing');
  app.post('/t/:tenantId/calls/:callId/next', async () => {
    throw new Error('broken');
  });
  return { app, tracer };
}

it('gives each verified question of the carrier a span, within which it is answered', async () => {
  const { app, tracer } = createApp('acme');
  const answer = await app.inject({
    method: 'POST',
    url: '/voice',
    payload: { CallSid: 'CA1', From: '+420777123456' },
  });
  await app.inject({ method: 'POST', url: '/t/acme/calls/CA1/next', payload: {} });
  expect(answer.body).toBe('POST /voice');
  expect(tracer.tree()).toEqual(['POST /voice', 'POST /t/:tenantId/calls/:callId/next *']);
  expect(tracer.roots.map(({ facts }) => facts)).toEqual([
    { tenantId: 'acme', callId: 'CA1', httpStatus: 200 },
    { tenantId: 'acme', callId: 'CA1', httpStatus: 500 },
  ]);
});

it('tells nothing of what nobody signed, or what is about no call', async () => {
  const unsigned = createApp(undefined);
  await unsigned.app.inject({ method: 'POST', url: '/voice', payload: { CallSid: 'CA1' } });
  const without = createApp('acme');
  await without.app.inject({ method: 'POST', url: '/voice', payload: {} });
  expect([...unsigned.tracer.tree(), ...without.tracer.tree()]).toEqual([]);
});
