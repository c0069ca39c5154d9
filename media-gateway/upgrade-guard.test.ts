import twilio from 'twilio';
import { afterEach, expect, it, vi } from 'vitest';
import { createUpgradeGuard } from './upgrade-guard.ts';

afterEach(() => void vi.useRealTimers());

const publicUrl = 'wss://media.example/media';
const signedBy = (token: string): string => twilio.getExpectedTwilioSignature(token, publicUrl, {});
const signer = (signature: string | undefined) => ({ tenantId: 'acme', accountSid: 'AC1', signature });

it('takes what the account signed, with a token that was rotated as well, and nothing else', async () => {
  let token: string | undefined = 'one';
  const guard = createUpgradeGuard({ publicUrl, authToken: async () => token, nowMs: () => 0 });
  expect(await guard(signer(signedBy('one')))).toBe(true);
  token = 'two';
  expect(await guard(signer(signedBy('two')))).toBe(true);
  expect(await guard(signer(signedBy('one')))).toBe(false);
  expect(await guard(signer(undefined))).toBe(false);
  expect(await guard(signer('nonsense'))).toBe(false);
});

it('refuses an account that the tenant does not have', async () => {
  const guard = createUpgradeGuard({ publicUrl, authToken: async () => undefined, nowMs: () => 0 });
  expect(await guard(signer(signedBy('')))).toBe(false);
});

it('remembers a token through an outage, and knows what it cannot know', async () => {
  let isAway = false;
  let atMs = 0;
  const authToken = async (): Promise<string> => {
    if (isAway) throw new Error('away');
    return 'one';
  };
  const guard = createUpgradeGuard({ publicUrl, authToken, nowMs: () => atMs });
  await guard(signer(signedBy('one')));
  isAway = true;
  atMs = 3_600_000;
  expect(await guard(signer(signedBy('one')))).toBe(true);
  expect(await guard(signer(signedBy('two')))).toBe(false);
  const fresh = createUpgradeGuard({ publicUrl, authToken, nowMs: () => atMs });
  expect(await fresh(signer(signedBy('one')))).toBeUndefined();
  expect(await fresh(signer(undefined))).toBe(false);
});

it('does not wait long for a database that says nothing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let atMs = 0;
  let isSilent = false;
  const authToken = (): Promise<string> => (isSilent ? new Promise(() => {}) : Promise.resolve('one'));
  const guard = createUpgradeGuard({ publicUrl, authToken, nowMs: () => atMs });
  await guard(signer(signedBy('one')));
  isSilent = true;
  atMs = 3_600_000;
  const known = guard(signer(signedBy('one')));
  await vi.advanceTimersByTimeAsync(250);
  expect(await known).toBe(true);
  const unknown = createUpgradeGuard({ publicUrl, authToken, nowMs: () => atMs })(signer(signedBy('one')));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await unknown).toBeUndefined();
});
