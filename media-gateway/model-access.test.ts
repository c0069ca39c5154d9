import { afterEach, expect, it, vi } from 'vitest';
import { createModelAccess } from './model-access.ts';

afterEach(() => void vi.useRealTimers());

it('gives each tenant its own key, also while the database is away', async () => {
  let isAway = false;
  let atMs = 0;
  const readKey = async (tenantId: string, provider: string): Promise<string | undefined> => {
    if (isAway) throw new Error('away');
    return tenantId === 'nobody' ? undefined : `${provider}-key-of-${tenantId}`;
  };
  const accessTo = createModelAccess({ readKey, baseUrls: { gemini: 'http://127.0.0.1:4020' }, nowMs: () => atMs });
  expect(await accessTo('acme', 'gemini-3.8-live')).toEqual({
    apiKey: 'gemini-key-of-acme',
    baseUrl: 'http://127.0.0.1:4020',
  });
  expect(await accessTo('acme', 'gpt-realtime-2.1')).toEqual({ apiKey: 'openai-key-of-acme' });
  await expect(accessTo('nobody', 'gemini-3.8-live')).rejects.toMatchObject({ code: 'credentials-missing' });
  isAway = true;
  atMs = 3_600_000;
  expect(await accessTo('acme', 'gemini-3.8-live')).toMatchObject({ apiKey: 'gemini-key-of-acme' });
  await expect(accessTo('other', 'gemini-3.8-live')).rejects.toThrow('away');
});

it('does not wait long for a database that says nothing, and takes its answer when it comes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let atMs = 0;
  let answer: Promise<string> = Promise.resolve('old');
  const accessTo = createModelAccess({ readKey: () => answer, baseUrls: {}, nowMs: () => atMs });
  await accessTo('acme', 'gemini-3.8-live');
  atMs = 3_600_000;
  const { promise, resolve } = Promise.withResolvers<string>();
  answer = promise;
  const waiting = accessTo('acme', 'gemini-3.8-live');
  await vi.advanceTimersByTimeAsync(250);
  expect(await waiting).toEqual({ apiKey: 'old' });
  resolve('new');
  await promise;
  expect(await accessTo('acme', 'gemini-3.8-live')).toEqual({ apiKey: 'new' });
});
