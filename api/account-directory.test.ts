import twilio from 'twilio';
import { expect, it } from 'vitest';
import { createAccountDirectory, type AccountClaim } from './account-directory.ts';

const accountId = `AC${'0'.repeat(32)}`;
const url = 'https://api.example/telephony/voice';
const fields = { AccountSid: accountId, CallSid: 'CA1' };
const signedWith = (token: string, isAbout = async (_tenantIds: readonly string[]) => true) => ({
  accountId,
  url,
  fields,
  isAbout,
  signature: twilio.getExpectedTwilioSignature(token, url, fields),
});

const sealed = ({ tenantId, authToken }: AccountClaim) => ({
  tenantId,
  credentialId: 'c',
  sealedSecret: `~${authToken}`,
});
const open = async ({ tenantId, sealedSecret }: ReturnType<typeof sealed>) =>
  sealedSecret === '~unreadable' ? undefined : { tenantId, authToken: sealedSecret.slice(1) };

function directory() {
  const claims: AccountClaim[] = [{ tenantId: 'acme', authToken: 'token-a' }];
  const clock = { atMs: 0 };
  const accounts = createAccountDirectory({ claims: async () => claims.map(sealed), open, nowMs: () => clock.atMs });
  return { accounts, claims, clock };
}

it('names every tenant whose token signed, and nobody else', async () => {
  const { accounts, claims } = directory();
  claims.push({ tenantId: 'other', authToken: 'token-b' }, { tenantId: 'third', authToken: 'unreadable' });
  expect(await accounts.verify(signedWith('token-a'))).toEqual({ ok: true, tenantIds: ['acme'] });
  expect(await accounts.verify(signedWith('token-x'))).toEqual({ ok: false, reason: 'signature-invalid' });
});

it('looks once more for the tenant whom the request is about', async () => {
  const { accounts, claims, clock } = directory();
  expect(await accounts.verify(signedWith('token-a'))).toEqual({ ok: true, tenantIds: ['acme'] });
  claims.push({ tenantId: 'other', authToken: 'token-a' });
  clock.atMs = 200;
  const isAbout = async (tenantIds: readonly string[]) => tenantIds.includes('other');
  expect(await accounts.verify(signedWith('token-a', isAbout))).toEqual({ ok: true, tenantIds: ['acme', 'other'] });
});

it('finds whoever joined the account while an earlier look at it was on its way', async () => {
  const claims: AccountClaim[] = [{ tenantId: 'acme', authToken: 'token-a' }];
  const looks: (() => void)[] = [];
  const accounts = createAccountDirectory({
    claims: async () => {
      const seen = claims.map(sealed);
      await new Promise<void>((resolve) => looks.push(resolve));
      return seen;
    },
    open,
    nowMs: () => 0,
  });
  const isAbout = (tenantId: string) => async (tenantIds: readonly string[]) => tenantIds.includes(tenantId);
  const learnt = accounts.learn(accountId);
  looks.shift()?.();
  await learnt;
  const earlier = accounts.verify(signedWith('token-a', isAbout('nobody')));
  await expect.poll(() => looks.length).toBe(1); // this look has not seen what comes now
  claims.push({ tenantId: 'other', authToken: 'token-a' });
  const later = accounts.verify(signedWith('token-a', isAbout('other')));
  looks.shift()?.();
  expect(await earlier).toEqual({ ok: true, tenantIds: ['acme'] });
  await expect.poll(() => looks.length).toBe(1);
  looks.shift()?.();
  expect(await later).toEqual({ ok: true, tenantIds: ['acme', 'other'] });
});

it('refuses what is no account without a look at the database', async () => {
  const accounts = createAccountDirectory({
    claims: () => Promise.reject(new Error('looked up')),
    open,
    nowMs: () => 0,
  });
  expect(await accounts.verify({ ...signedWith('token-a'), accountId: 'CA1' })).toEqual({
    ok: false,
    reason: 'account-unknown',
  });
});
