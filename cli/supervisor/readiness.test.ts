import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { untilReady } from './readiness.ts';

/** A process whose `/readyz` gives these answers in turn, the last one for ever. */
async function processThatSays(...answers: { status: number; body: string }[]): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: '' };
    response.writeHead(request.url === '/readyz' ? status : 404).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const no = { status: 503, body: '{"ready":false,"checks":{"database":"away","temporal":true}}' };
const yes = { status: 200, body: '{"ready":true}' };

it('waits until the process says that it is ready', async () => {
  const url = await processThatSays(no, no, yes);
  await expect(
    untilReady({ url, signal: AbortSignal.timeout(5000), waiting: () => undefined }),
  ).resolves.toBeUndefined();
});

it('tells what is not ready, by the process’s own words', async () => {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const stopping = new AbortController();
  const url = await processThatSays(no);
  const waiting = untilReady({ url, signal: stopping.signal, waiting: resolve, sayEveryPolls: 1 });
  expect(await told).toBe('database: "away"');
  stopping.abort();
  await expect(waiting).rejects.toThrow('aborted');
});

it('does not wait for what nobody starts', async () => {
  const url = await processThatSays(no);
  const signal = AbortSignal.timeout(5000);
  await expect(untilReady({ url, signal, waiting: () => undefined, mayMiss: ['database'] })).resolves.toBeUndefined();
});
