import http from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNameTable } from './name-table.ts';
import { createWebhookClient } from './webhook-client.ts';

let server: http.Server;
let port: number;
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
let requests: http.IncomingMessage[];

beforeEach(async () => {
  requests = [];
  answer = (_, response) => response.end('ok');
  server = http.createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = address !== null && typeof address === 'object' ? address.port : 0;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function deliver(url: string, method: 'GET' | 'POST' = 'POST') {
  const names = createNameTable({ 'product.test': `127.0.0.1:${port}`, 'refused.test': '127.0.0.1:1' });
  const client = createWebhookClient(names);
  return await client({ url, method, fields: { A: 'b c' }, authToken: 't', idempotencyToken: 'i' });
}

test('the fragment is never sent; a GET carries its fields in the query', async () => {
  expect(await deliver('https://product.test/x?y=1#rc=2', 'GET')).toMatchObject({ ok: true, attempts: 1 });
  expect(requests[0]?.url).toBe('/x?y=1&A=b+c');
});

test('a server error is tried again as often as asked', async () => {
  answer = (_, response) => response.writeHead(requests.length < 3 ? 503 : 200).end();
  expect(await deliver('https://product.test/x#rc=2&rp=5xx')).toMatchObject({ ok: true, attempts: 3 });
  requests = [];
  answer = (_, response) => response.writeHead(503).end();
  const failed = await deliver('https://product.test/x#rc=1&rp=all');
  expect(failed).toMatchObject({ ok: false, errorCode: 11_200, status: 503, attempts: 2 });
});

test('without overrides only a connection that fails is tried again', async () => {
  answer = (_, response) => response.writeHead(503).end();
  expect(await deliver('https://product.test/x')).toMatchObject({ ok: false, attempts: 1 });
  expect(await deliver('https://refused.test/x')).toMatchObject({ ok: false, errorCode: 11_205, attempts: 2 });
});

test('a server that does not answer runs into the read time-out, or into the total', async () => {
  answer = () => {};
  const read = await deliver('https://product.test/x#rt=100&rc=1&rp=rt');
  expect(read).toMatchObject({ ok: false, errorCode: 11_200, attempts: 2, detail: 'read timed out' });
  const total = await deliver('https://product.test/x#tt=100&rc=5&rp=all');
  expect(total).toMatchObject({ ok: false, attempts: 1, detail: 'total time exceeded' });
});

test('an unknown name and a policy that cannot be read are errors of their own', async () => {
  expect(await deliver('https://127.0.0.1/x')).toMatchObject({ errorCode: 11_210 });
  expect(await deliver('https://product.test/x#rc=9')).toMatchObject({ errorCode: 11_243, attempts: 0 });
  expect(await deliver('')).toMatchObject({ errorCode: 21_402 });
  expect(requests).toEqual([]);
});
