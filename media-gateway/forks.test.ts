import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signForkToken, signStreamToken, verifyForkToken } from '../telephony/stream-token.ts';
import type { StreamListener } from './carrier-socket.ts';
import { createForkAdmission, isFork } from './fork-admission.ts';
import { createForks } from './forks.ts';

const key = new Uint8Array(32).fill(7);
const claims = { tenantId: 'acme', callId: 'CA1', epoch: 2, gatewayId: 'g2', expiresAtMs: 60_000 };
const log = pino({ level: 'silent' });
const frame = new Uint8Array(160).fill(9);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function message(parameters: Record<string, string>) {
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 } as const;
  const start = { accountSid: 'AC1', callSid: 'CA1', mediaFormat, customParameters: parameters };
  return { event: 'start', streamSid: 'MZ1', start } as const;
}

/** A gateway's forks; what was told of them, and of which the streams were closed. */
function keeping({ mostForks = 10, signed = true, hears = true } = {}) {
  const told: unknown[] = [];
  const closed: string[] = [];
  const forks = createForks({
    admission: createForkAdmission({
      gatewayId: 'g2',
      verifyToken: (token) => verifyForkToken(token, key, 0),
      verifySignature: async () => signed,
      log,
    }),
    tellHeard: (call, heard) => {
      told.push({ ...call, ...heard });
      return hears ? Promise.resolve(true) : Promise.reject(new Error('away'));
    },
    mostForks,
    log,
  });
  const open = (fields: Partial<typeof claims> = {}): Promise<StreamListener> => {
    const wanted = { ...claims, ...fields };
    const carrier = {
      play: () => {},
      clear: () => {},
      close: () => void closed.push(`${wanted.callId}/${wanted.epoch}`),
    };
    return forks.admit(message({ fork: signForkToken(wanted, key) }), 'signature', carrier);
  };
  return { forks, open, told, closed };
}

describe('a fork', () => {
  it('is told of once it is heard, and kept for its epoch until that has taken and closed it', async () => {
    const { forks, open, told, closed } = keeping();
    const stream = await open();
    expect(told).toEqual([]);
    stream.media(0, frame, 120);
    stream.media(20, frame, 140);
    expect(told).toEqual([{ tenantId: 'acme', callId: 'CA1', epoch: 2, gatewayId: 'g2' }]);
    const fork = forks.take({ callId: 'CA1', epoch: 2 });
    expect(fork?.read()).toEqual([
      { mulaw: frame, endMs: 120 },
      { mulaw: frame, endMs: 140 },
    ]);
    stream.media(40, frame, 160);
    expect(fork?.read()).toHaveLength(1);
    expect(forks.take({ callId: 'CA1', epoch: 2 })).toBeUndefined();
    fork?.close();
    stream.media(60, frame, 180);
    expect([fork?.read(), closed, vi.getTimerCount()]).toEqual([[], ['CA1/2'], 0]);
  });

  it('is there still where the carrier has lost it, and is not where the caller has gone', async () => {
    const { forks, open, closed } = keeping();
    const lost = await open();
    lost.media(0, frame, 20);
    lost.streamLost(1006);
    const fork = forks.take(claims);
    expect([fork?.isOver(), fork?.read().length]).toEqual([true, 1]);
    fork?.close();
    const gone = await open();
    gone.callerGone();
    expect([forks.take(claims), closed, vi.getTimerCount()]).toEqual([undefined, [], 0]);
  });

  it('waits half a minute for its call', async () => {
    const { forks, open, closed } = keeping();
    await open();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([closed, forks.take(claims)]).toEqual([['CA1/2'], undefined]);
  });

  it('waits no more where a later epoch is there, or the gateway drains', async () => {
    const { forks, open, closed } = keeping();
    await open();
    await open({ callId: 'CA2' });
    expect(forks.take({ callId: 'CA1', epoch: 1 })).toBeUndefined();
    expect(forks.take({ callId: 'CA1', epoch: 3 })).toBeUndefined();
    expect(closed).toEqual(['CA1/2']);
    forks.closeAll();
    expect([closed, vi.getTimerCount()]).toEqual([['CA1/2', 'CA2/2'], 0]);
  });

  it('gives way to one for a later epoch alone, and to none where there are too many', async () => {
    const { open, closed } = keeping({ mostForks: 2 });
    await open();
    await expect(open()).rejects.toThrow('the call has a fork already');
    await open({ epoch: 3 });
    expect(closed).toEqual(['CA1/2']);
    await open({ callId: 'CA2' });
    await expect(open({ callId: 'CA3' })).rejects.toThrow('too many forks');
  });

  it('is kept although the call could not be told', async () => {
    const { forks, open } = keeping({ hears: false });
    (await open()).media(0, frame, 20);
    await vi.advanceTimersByTimeAsync(0);
    expect(forks.take(claims)?.read()).toHaveLength(1);
  });
});

describe('a fork is let in', () => {
  it('where it says that it is one', () => {
    expect([isFork(message({ fork: 'x' })), isFork(message({ token: 'x' }))]).toEqual([true, false]);
  });

  it.each([
    ['with the token of a stream', { fork: signStreamToken({ ...claims, nodeId: 'n', assistantVersionId: 'a' }, key) }],
    ['without one', {}],
    ['with one that has expired', { fork: signForkToken({ ...claims, expiresAtMs: -1 }, key) }],
    ['of another gateway', { fork: signForkToken({ ...claims, gatewayId: 'g1' }, key) }],
  ])('never %s', async (_, parameters) => {
    const { forks } = keeping();
    const carrier = { play: () => {}, clear: () => {}, close: () => {} };
    await expect(forks.admit(message(parameters), 'signature', carrier)).rejects.toMatchObject({
      code: 'stream-refused',
    });
  });

  it('never where the account has not signed it', async () => {
    await expect(keeping({ signed: false }).open()).rejects.toThrow('not signed');
  });
});
