import { expect, it } from 'vitest';
import { createTwilioClient } from './twilio-client.ts';

it('asks at the address that it is given, whether or not that ends in a slash, else at the vendor’s', () => {
  const account = { accountId: `AC${'c'.repeat(32)}`, authToken: 'token' };
  const addressOf = (baseUrl?: string) => createTwilioClient(account, { baseUrl, timeoutMs: 1000 }).api.baseUrl;
  expect(['http://127.0.0.1:4010/', 'http://127.0.0.1:4010'].map(addressOf)).toEqual([
    'http://127.0.0.1:4010',
    'http://127.0.0.1:4010',
  ]);
  expect(addressOf()).toBe('https://api.twilio.com');
});
