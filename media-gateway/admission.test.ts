import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { AttachAnswer } from '../contracts/messages.ts';
import { signStreamToken, verifyStreamToken } from '../telephony/stream-token.ts';
import { type AdmissionDeps, createAdmission } from './admission.ts';
import { assistant } from './session/session-fixture.ts';

const key = Buffer.alloc(32, 1);
const claims = {
  tenantId: 'acme',
  callId: 'CA1',
  epoch: 2,
  gatewayId: 'g1',
  nodeId: 'talk',
  assistantVersionId: 'linka@1',
  expiresAtMs: 60_000,
};
const accepted: AttachAnswer = {
  accepted: true,
  visit: 2,
  visitSinceMs: 9000,
  clockMs: 4000,
  nodeId: 'talk',
  assistant,
  resumed: true,
  handedOver: false,
  allowedPrivateHosts: ['127.0.0.1:4030'],
  vars: { pin: '12' },
};

function admissionWith(deps: Partial<AdmissionDeps>, log: unknown[] = []) {
  const all: AdmissionDeps = {
    gatewayId: 'g1',
    verifyToken: (token) => verifyStreamToken(token, key, 1000),
    verifySignature: async () => true,
    attach: async () => accepted,
    claimEpoch: async () => true,
    ageOf: async () => 9000,
    nowMs: () => 0,
    dateOf: () => 0,
    assistantVersion: async () => assistant,
    log: pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    ...deps,
  };
  const admission = createAdmission(all);
  return (token: string | undefined = signStreamToken(claims, key)) => {
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 } as const;
    const customParameters: Record<string, string> = token === '' ? {} : { token };
    const start = { accountSid: 'AC1', callSid: 'CA1', mediaFormat, customParameters };
    return admission({ event: 'start', streamSid: 'MZ1', start }, 'sig');
  };
}

const away = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));

describe('admission', () => {
  it('takes its settings from the call and dates the epoch by its clock', async () => {
    const seen: object[] = [];
    const admit = admissionWith({
      claimEpoch: async (claim) => {
        seen.push(claim);
        return true;
      },
    });
    expect(await admit()).toEqual({
      start: {
        tenantId: 'acme',
        callId: 'CA1',
        epoch: 2,
        nodeId: 'talk',
        visit: 2,
        visitSinceMs: 9000,
        assistant,
        clockMs: 4000,
        resumed: true,
        handedOver: false,
        vars: { pin: '12' },
      },
      allowedPrivateHosts: ['127.0.0.1:4030'],
    });
    expect(seen).toEqual([
      { tenantId: 'acme', callId: 'CA1', epoch: 2, streamSid: 'MZ1', gatewayId: 'g1', atMs: 4000 },
    ]);
  });

  it('does not wait long for a database that is away once the call has accepted, and its clock goes on meanwhile', async () => {
    let atMs = 100;
    const admit = admissionWith({ claimEpoch: () => new Promise(() => {}), nowMs: () => atMs });
    const admitting = admit();
    await new Promise(setImmediate);
    atMs = 450;
    expect((await admitting).start.clockMs).toBe(4350);
  });

  it('sets the clock by when the call told it, however late its answer came', async () => {
    const admit = admissionWith({
      attach: async () => ({ ...accepted, atMs: 70_000 }),
      dateOf: (serverMs) => serverMs - 70_100,
      nowMs: () => 900,
    });
    const { start } = await admit();
    expect(start.clockMs).toBe(4000 + 900 + 100);
    expect(start).not.toHaveProperty('atMs');
  });

  it('takes them from the token while the workflow is away', async () => {
    const admit = admissionWith({ attach: async () => undefined });
    expect(await admit()).toMatchObject({
      start: { clockMs: 9000, assistant: { versionId: 'linka@1' }, resumed: true },
    });
  });

  it('needs no database while the workflow answers', async () => {
    expect(await admissionWith({ claimEpoch: away, ageOf: away, assistantVersion: away })()).toMatchObject({
      start: { clockMs: 4000 },
    });
  });

  it.each([
    ['no token', {}, '', 'no token'],
    ['a forged token', {}, `${signStreamToken(claims, key)}x`, 'token forged'],
    ['an expired token', {}, signStreamToken({ ...claims, expiresAtMs: 10 }, key), 'token expired'],
    [
      'a token of another gateway',
      {},
      signStreamToken({ ...claims, gatewayId: 'g2' }, key),
      'token of another gateway',
    ],
    [
      'an upgrade that was not signed',
      { verifySignature: async () => false },
      undefined,
      'upgrade not signed by the account',
    ],
    [
      'an epoch that the call gave to another stream',
      { attach: async () => ({ accepted: false, reason: 'taken' }) },
      undefined,
      'the call does not take this stream: taken',
    ],
    [
      'an epoch that another stream claimed',
      { claimEpoch: async () => false },
      undefined,
      'the epoch belongs to another stream',
    ],
    [
      'a claim against a silent workflow',
      { attach: async () => undefined, claimEpoch: async () => false },
      undefined,
      'the epoch belongs to another stream',
    ],
    [
      'silence of workflow and database',
      { attach: away, claimEpoch: away },
      undefined,
      'neither the workflow nor the database answers',
    ],
  ] satisfies [string, Partial<AdmissionDeps>, string | undefined, string][])(
    'refuses %s',
    async (_, deps, token, reason) => {
      await expect(admissionWith(deps)(token)).rejects.toThrow(reason);
    },
  );

  it('touches nothing that others can see before token and signature hold', async () => {
    const touched: string[] = [];
    const watch =
      <T>(name: string, value: T) =>
      async (): Promise<T> => {
        touched.push(name);
        return value;
      };
    const deps = {
      attach: watch('attach', accepted),
      claimEpoch: watch('claim', true),
      verifySignature: async () => false,
    };
    await admissionWith(deps)().catch(() => {});
    await admissionWith(deps)('nonsense').catch(() => {});
    expect(touched).toEqual([]);
  });

  it('goes by the token alone, and says so, where the signature cannot be checked', async () => {
    const log: unknown[] = [];
    await admissionWith({ verifySignature: async () => undefined }, log)();
    expect(log).toMatchObject([{ callId: 'CA1', msg: 'stream admitted by its token alone' }]);
  });
});
