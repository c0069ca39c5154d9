import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { AppError } from '../contracts/errors.ts';

/** What a stream is opened for. Single use: an epoch is claimed for one stream only. */
export interface StreamClaims {
  tenantId: string;
  callId: string;
  epoch: number;
  gatewayId: string;
  nodeId: string;
  assistantVersionId: string;
  expiresAtMs: number;
}

/**
 * What a fork of the caller's audio is opened for: to keep it for the stream of that epoch, which is still to come. It
 * opens no stream, as a stream's token opens no fork: each has a layout of its own.
 */
export interface ForkClaims {
  tenantId: string;
  callId: string;
  epoch: number;
  gatewayId: string;
  expiresAtMs: number;
}

export const streamTokenLifetimeMs = 60_000;
/** The parameter of a fork that has its token; that of a stream is `token`. */
export const forkParameter = 'fork';

/** Name and value of a stream parameter stay under 500 characters together (twilio.com/docs/voice/twiml/stream). */
const maxTokenLength = 499 - 'token'.length;
const layout = 1;
const forkLayout = 'fork-1';

/** The key of stream tokens, derived from the platform's 32-byte key. */
export function streamTokenKey(platformKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', platformKey, '', 'switchboard stream token v1', 32));
}

/** `<base64url of the claims>.<base64url of their HMAC-SHA256>`. */
export function signStreamToken(claims: StreamClaims, key: Uint8Array): string {
  const { tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs } = claims;
  return sign([layout, tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs], key);
}

export function signForkToken(
  { tenantId, callId, epoch, gatewayId, expiresAtMs }: ForkClaims,
  key: Uint8Array,
): string {
  return sign([forkLayout, tenantId, callId, epoch, gatewayId, expiresAtMs], key);
}

type TokenCheck<Claims> = { ok: true; claims: Claims } | { ok: false; reason: 'malformed' | 'forged' | 'expired' };
export type StreamTokenCheck = TokenCheck<StreamClaims>;
export type ForkTokenCheck = TokenCheck<ForkClaims>;

/** Checks signature first, then form, then age. `nowMs` is wall-clock time. */
export function verifyStreamToken(token: string, key: Uint8Array, nowMs: number): StreamTokenCheck {
  return verify(token, key, nowMs, readClaims);
}

export function verifyForkToken(token: string, key: Uint8Array, nowMs: number): ForkTokenCheck {
  return verify(token, key, nowMs, readForkClaims);
}

function sign(fields: readonly (string | number)[], key: Uint8Array): string {
  const body = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const token = `${body}.${mac(body, key).toString('base64url')}`;
  if (token.length > maxTokenLength)
    throw new AppError('stream-refused', `a stream token of ${token.length} characters is too long for the carrier`);
  return token;
}

function verify<Claims extends { expiresAtMs: number }>(
  token: string,
  key: Uint8Array,
  nowMs: number,
  claimsIn: (fields: readonly unknown[]) => Claims | undefined,
): TokenCheck<Claims> {
  const [body, signature, ...rest] = token.length > maxTokenLength ? [] : token.split('.');
  if (body === undefined || signature === undefined || rest.length > 0) return { ok: false, reason: 'malformed' };
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(body, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { ok: false, reason: 'forged' };
  const claims = claimsIn(fieldsIn(body));
  if (!claims) return { ok: false, reason: 'malformed' };
  return claims.expiresAtMs < nowMs ? { ok: false, reason: 'expired' } : { ok: true, claims };
}

function mac(body: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest();
}

function fieldsIn(body: string): readonly unknown[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    return Array.isArray(fields) ? fields : [];
  } catch {
    return [];
  }
}

function readClaims(fields: readonly unknown[]): StreamClaims | undefined {
  if (fields.length !== 8) return undefined;
  const [version, tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs] = fields;
  if (version !== layout || !isCount(epoch) || !isCount(expiresAtMs)) return undefined;
  if (!isText(tenantId) || !isText(callId) || !isText(gatewayId) || !isText(nodeId) || !isText(assistantVersionId))
    return undefined;
  return { tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs };
}

function readForkClaims(fields: readonly unknown[]): ForkClaims | undefined {
  if (fields.length !== 6) return undefined;
  const [version, tenantId, callId, epoch, gatewayId, expiresAtMs] = fields;
  if (version !== forkLayout || !isCount(epoch) || !isCount(expiresAtMs)) return undefined;
  if (!isText(tenantId) || !isText(callId) || !isText(gatewayId)) return undefined;
  return { tenantId, callId, epoch, gatewayId, expiresAtMs };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
