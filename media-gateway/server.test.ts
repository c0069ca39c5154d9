import { pino } from 'pino';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AppError } from '../contracts/errors.ts';
import { createMetrics } from '../contracts/metrics.ts';
import { createGatewayServer } from './server.ts';

it('says that it lives, what is not ready, and takes no stream while it drains', async () => {
  const server = createGatewayServer({
    path: '/media',
    onStream: (socket) => socket.close(),
    isOpen: () => false,
    checks: {
      postgres: async () => {},
      temporal: () => Promise.reject(new AppError('not-ready', 'the worker does not poll')),
    },
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
  });
  const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  expect((await fetch(`http://${address}/healthz`)).status).toBe(200);
  const readiness = await fetch(`http://${address}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toEqual({ ready: false, checks: { postgres: 'ready', temporal: 'not-ready' } });
  expect((await fetch(`http://${address}/other`)).status).toBe(404);
  const refused = await new Promise((resolve) => new WebSocket(`ws://${address}/media`).on('error', resolve));
  expect(String(refused)).toContain('503');
  const taken = createGatewayServer({
    path: '/media',
    onStream: () => {},
    isOpen: () => true,
    checks: {},
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
  });
  await expect(taken.listen('127.0.0.1', Number(address.split(':')[1]))).rejects.toMatchObject({ code: 'port-in-use' });
  await server.close();
});
