import { beforeEach, expect, it } from 'vitest';
import { readWav } from '../contracts/wav.ts';
import { madeUpWav } from '../test/made-up-wav.ts';
import { createWorld, type World } from './testing/api-harness.ts';

const audioId = 'a'.repeat(64);
const path = `/telephony/t/acme/prompts/${audioId}`;
let world: World;
beforeEach(async () => {
  world = await createWorld();
  world.now.prompts = { [`acme ${audioId}`]: { contentType: 'audio/wav', bytes: madeUpWav(2_000) } };
});
const get = (url: string) => world.app.inject({ method: 'GET', url });

it('gives the carrier a prompt by its content, to be kept for ever', async () => {
  const response = await get(path);
  expect(response.statusCode).toBe(200);
  expect(response.headers).toMatchObject({
    'content-type': 'audio/wav',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-length': String(44 + 16_000),
  });
  expect(readWav(response.rawPayload)).toEqual({ durationMs: 2_000 });
});

it('gives the first part of one, at most all of it', async () => {
  expect(readWav((await get(`${path}/first/700`)).rawPayload)).toEqual({ durationMs: 700 });
  expect(readWav((await get(`${path}/first/9000`)).rawPayload)).toEqual({ durationMs: 2_000 });
});

it('plays on while the database is away', async () => {
  await get(path);
  world.now.database = 'away';
  world.now.atMs += 3_600_000;
  expect((await get(path)).statusCode).toBe(200);
});

it.each([
  ['of another tenant', `/telephony/t/other/prompts/${audioId}`, 404],
  ['that is not there', `/telephony/t/acme/prompts/${'b'.repeat(64)}`, 404],
  ['by a name that is none', '/telephony/t/acme/prompts/..%2F..%2Fetc', 400],
  ['cut to nothing', `${path}/first/0`, 400],
  ['cut to no length', `${path}/first/1e3`, 400],
])('refuses one %s', async (_what, url, status) => {
  const response = await get(url);
  expect([response.statusCode, response.headers['cache-control']]).toEqual([status, undefined]);
});

it('gives one that was not there before as soon as it is', async () => {
  const { prompts } = world.now;
  world.now.prompts = {};
  expect((await get(path)).statusCode).toBe(404);
  world.now.prompts = prompts;
  expect((await get(path)).statusCode).toBe(200);
});

it('gives nothing that is no sound, whatever stands in the store', async () => {
  world.now.prompts = { [`acme ${audioId}`]: { contentType: 'text/html', bytes: Buffer.from('<script>') } };
  expect((await get(path)).statusCode).toBe(404);
});
