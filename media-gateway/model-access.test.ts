import { expect, it } from 'vitest';
import { createModelAccess } from './model-access.ts';

it('gives each tenant its own key, also while the database is away', async () => {
  let isAway = false;
  let atMs = 0;
  const readKey = async (tenantId: string): Promise<string | undefined> => {
    if (isAway) throw new Error('away');
    return tenantId === 'nobody' ? undefined : `key-of-${tenantId}`;
  };
  const accessTo = createModelAccess({ readKey, baseUrl: 'http://127.0.0.1:4020', nowMs: () => atMs });
  expect(await accessTo('acme')).toEqual({ apiKey: 'key-of-acme', baseUrl: 'http://127.0.0.1:4020' });
  await expect(accessTo('nobody')).rejects.toMatchObject({ code: 'credentials-missing' });
  isAway = true;
  atMs = 3_600_000;
  expect(await accessTo('acme')).toMatchObject({ apiKey: 'key-of-acme' });
  await expect(accessTo('other')).rejects.toThrow('away');
});
