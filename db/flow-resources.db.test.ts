import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTenants, createTestDatabase, query, type TestDatabase } from '../test/database-fixture.ts';
import { madeUpWav } from '../test/made-up-wav.ts';
import { createPromptStore } from './audio-prompts.ts';
import { createCalendarStore } from './calendars.ts';
import { createFileKeyProvider } from './key-provider.ts';
import { createSealer } from './sealing.ts';
import { createWebhookStore } from './webhooks.ts';

let fixture: TestDatabase;
let folder: string;
beforeAll(async () => {
  fixture = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'flow-resources-'));
  await addTenants(fixture.database);
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

test("a prompt's file is known by what is in it, and stays when the prompt changes", async () => {
  const prompts = createPromptStore(fixture.database);
  const store = (sample: number) =>
    prompts.storePrompt('acme', { promptId: 'hello', name: 'Hello', files: { 'cs-CZ': madeUpWav(1500, sample) } });
  const first = await store(1);
  expect(first.audio['cs-CZ']).toEqual({ audioId: expect.stringMatching(/^[0-9a-f]{64}$/), durationMs: 1500 });
  expect(await store(1)).toEqual(first);
  const second = await store(2);
  expect(await prompts.readPrompts('acme')).toEqual([second]);
  const { audioId } = first.audio['cs-CZ'] ?? { audioId: '' };
  const file = await prompts.readPromptFile('acme', audioId);
  expect(file).toMatchObject({ contentType: 'audio/wav' });
  expect(Buffer.compare(file?.bytes ?? Buffer.alloc(0), madeUpWav(1500, 1))).toBe(0);
  expect(await prompts.readPromptFile('other', audioId)).toBeUndefined();
});

test('a recording that no carrier could play is refused with the reason', async () => {
  const prompts = createPromptStore(fixture.database);
  const store = (bytes: Buffer) =>
    prompts.storePrompt('acme', { promptId: 'bad', name: 'Bad', files: { 'cs-CZ': bytes } });
  await expect(store(Buffer.from('no sound'))).rejects.toThrow(/prompt bad for cs-CZ .*no WAV/);
  await expect(store(Buffer.alloc(10_000_001))).rejects.toThrow(/10000000 are allowed/);
});

test("a webhook's secret stands sealed and stays where none is given", async () => {
  const sealer = createSealer(createFileKeyProvider(join(folder, 'keys.json')));
  const webhooks = createWebhookStore({ database: fixture.database, sealer });
  const webhook = { webhookId: 'sales', name: 'Sales', url: 'https://crm.test/notices' };
  await webhooks.storeWebhook('acme', { ...webhook, secret: 'whsec-1' });
  await webhooks.storeWebhook('acme', { ...webhook, url: 'https://crm.test/v2' });
  expect(await webhooks.readWebhook('acme', 'sales')).toEqual({
    ...webhook,
    url: 'https://crm.test/v2',
    secret: 'whsec-1',
  });
  expect(await webhooks.readWebhooks('acme')).toEqual([{ ...webhook, url: 'https://crm.test/v2', hasSecret: true }]);
  expect(await webhooks.readWebhook('other', 'sales')).toBeUndefined();
  expect(JSON.stringify(await query(fixture.adminUrl, 'select * from webhooks'))).not.toContain('whsec-1');
  await expect(webhooks.storeWebhook('acme', { ...webhook, url: 'crm.test' })).rejects.toMatchObject({
    code: 'document-invalid',
  });
});

test('a calendar is checked before it is stored', async () => {
  const calendars = createCalendarStore({ database: fixture.database, nowMs: () => Date.parse('2026-11-26T10:00Z') });
  const shop = { timeZone: 'Europe/Prague', weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }] };
  await calendars.storeCalendar('acme', { calendarId: 'shop', calendar: shop });
  expect(await calendars.readCalendars('acme')).toEqual({ shop });
  expect(await calendars.readCalendars('other')).toEqual({});
  const broken = calendars.storeCalendar('acme', { calendarId: 'shop', calendar: { ...shop, timeZone: 'Mars' } });
  await expect(broken).rejects.toMatchObject({ code: 'document-invalid' });
});
