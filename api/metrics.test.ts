import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import { measureRequests } from './metrics.ts';

it('counts requests by route, names no call, and is no page for whoever comes through a proxy', async () => {
  const app = fastify();
  const metrics = createMetrics();
  measureRequests(app, metrics, createReadiness({}, metrics));
  app.get('/calls/:callId', async () => ({}));
  await app.inject('/calls/CA123');
  const { body, headers } = await app.inject('/metrics');
  expect(body).toContain('switchboard_http_request_seconds_count{route="/calls/:callId",status="200"} 1\n');
  expect(body).not.toContain('CA123');
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  const outside = await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(outside.statusCode).toBe(404);
});
