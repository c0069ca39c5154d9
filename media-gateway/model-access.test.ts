import { expect, it } from 'vitest';
import { createModelAccess } from './model-access.ts';

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
