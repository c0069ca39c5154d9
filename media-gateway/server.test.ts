import { pino } from 'pino';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AppError } from '../contracts/errors.ts';
import { createMetrics } from '../contracts/metrics.ts';
import { createReadiness } from '../contracts/readiness.ts';
import { createGatewayServer } from './server.ts';

it('says that it lives, what is not ready, and takes no stream while it drains', async () => {
  const metrics = createMetrics();
  const server = createGatewayServer({
    path: '/media',
    onStream: ({ socket }) => socket.close(),
    isOpen: () => false,
    readiness: createReadiness(
      {
        postgres: { check: async () => {}, stillWorks: 'calls go on' },
        temporal: {
          check: () => Promise.reject(new AppError('not-ready', 'the worker does not poll')),
          stillWorks: 'calls go on',
        },
      },
      metrics,
    ),
    metrics,
    log: pino({ level: 'silent' }),
  });
  const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  expect((await fetch(`http://${address}/healthz`)).status).toBe(200);
  const readiness = await fetch(`http://${address}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toMatchObject({
    ready: false,
    missing: ['temporal'],
    stillWorks: { temporal: 'calls go on' },
  });
  const shown = await fetch(`http://${address}/metrics`);
  expect(await shown.text()).toContain('switchboard_ready{check="temporal"} 0\n');
  expect((await fetch(`http://${address}/other`)).status).toBe(404);
  const refused = await new Promise((resolve) => new WebSocket(`ws://${address}/media`).on('error', resolve));
  expect(String(refused)).toContain('503');
  const taken = createGatewayServer({
    path: '/media',
    onStream: () => {},
    isOpen: () => true,
    readiness: createReadiness({}, createMetrics()),
    metrics,
    log: pino({ level: 'silent' }),
  });
  await expect(taken.listen('127.0.0.1', Number(address.split(':')[1]))).rejects.toMatchObject({ code: 'port-in-use' });
  await server.close();
});
