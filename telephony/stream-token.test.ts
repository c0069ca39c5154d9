import { describe, expect, it } from 'vitest';
import {
  forkParameter,
  signForkToken,
  signStreamToken,
  type StreamClaims,
  streamTokenKey,
  verifyForkToken,
  verifyStreamToken,
} from './stream-token.ts';

const key = streamTokenKey(new Uint8Array(32).fill(1));
const claims: StreamClaims = {
  tenantId: 'acme',
  callId: `CA${'1'.repeat(32)}`,
  epoch: 2,
  gatewayId: 'gw-1',
  nodeId: 'helper',
  assistantVersionId: 'a1@3',
  expiresAtMs: 1000,
};
const token = signStreamToken(claims, key);

describe('a stream token', () => {
  it('gives its claims back until it expires', () => {
    expect(verifyStreamToken(token, key, 1000)).toEqual({ ok: true, claims });
    expect(verifyStreamToken(token, key, 1001)).toEqual({ ok: false, reason: 'expired' });
  });

  it('is the same text for the same claims, safe in XML and short enough for the carrier', () => {
    expect(token).toBe(
      'WzEsImFjbWUiLCJDQTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExIiwyLCJndy0xIiwiaGVscGVyIiwiYTFAMyIsMTAwMF0.' +
        token.split('.')[1],
    );
    expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
    expect('token'.length + token.length).toBeLessThan(500);
  });

  it.each([
    ['another key', () => verifyStreamToken(token, streamTokenKey(new Uint8Array(32).fill(2)), 0), 'forged'],
    ['a changed claim', () => verifyStreamToken(`x${token}`, key, 0), 'forged'],
    ['a cut signature', () => verifyStreamToken(token.slice(0, -4), key, 0), 'forged'],
    ['no signature', () => verifyStreamToken(token.split('.')[0] ?? '', key, 0), 'malformed'],
    ['nothing', () => verifyStreamToken('', key, 0), 'malformed'],
    ['a flood', () => verifyStreamToken(`${'a'.repeat(100_000)}.b`, key, 0), 'malformed'],
  ])('is refused with %s', (_name, verify, reason) => {
    expect(verify()).toEqual({ ok: false, reason });
  });

  it('that would be too long is not made', () => {
    expect(() => signStreamToken({ ...claims, nodeId: 'n'.repeat(400) }, key)).toThrow(
      expect.objectContaining({ code: 'stream-refused' }),
    );
  });
});

describe('a fork token', () => {
  const { nodeId: _, assistantVersionId: __, ...fork } = claims;
  const forked = signForkToken(fork, key);

  it('gives its claims back until it expires, and is short enough for the carrier', () => {
    expect(verifyForkToken(forked, key, 1000)).toEqual({ ok: true, claims: fork });
    expect(verifyForkToken(forked, key, 1001)).toEqual({ ok: false, reason: 'expired' });
    expect(forkParameter.length + forked.length).toBeLessThan(500);
  });

  it('opens no stream, and the token of a stream no fork', () => {
    expect(verifyStreamToken(forked, key, 0)).toEqual({ ok: false, reason: 'malformed' });
    expect(verifyForkToken(token, key, 0)).toEqual({ ok: false, reason: 'malformed' });
    expect(verifyForkToken(`x${forked}`, key, 0)).toEqual({ ok: false, reason: 'forged' });
  });
});
