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

export const streamTokenLifetimeMs = 60_000;

/** Name and value of a stream parameter stay under 500 characters together (twilio.com/docs/voice/twiml/stream). */
const maxTokenLength = 499 - 'token'.length;
const layout = 1;

/** The key of stream tokens, derived from the platform's 32-byte key. */
export function streamTokenKey(platformKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', platformKey, '', 'switchboard stream token v1', 32));
}

/** `<base64url of the claims>.<base64url of their HMAC-SHA256>`. */
export function signStreamToken(claims: StreamClaims, key: Uint8Array): string {
  const { tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs } = claims;
  const fields = [layout, tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs];
  const body = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const token = `${body}.${mac(body, key).toString('base64url')}`;
  if (token.length > maxTokenLength)
    throw new AppError('stream-refused', `a stream token of ${token.length} characters is too long for the carrier`);
  return token;
}

export type StreamTokenCheck =
  | { ok: true; claims: StreamClaims }
  | { ok: false; reason: 'malformed' | 'forged' | 'expired' };

/** Checks signature first, then form, then age. `nowMs` is wall-clock time. */
export function verifyStreamToken(token: string, key: Uint8Array, nowMs: number): StreamTokenCheck {
  const [body, signature, ...rest] = token.length > maxTokenLength ? [] : token.split('.');
  if (body === undefined || signature === undefined || rest.length > 0) return { ok: false, reason: 'malformed' };
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(body, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { ok: false, reason: 'forged' };
  const claims = readClaims(body);
  if (!claims) return { ok: false, reason: 'malformed' };
  return claims.expiresAtMs < nowMs ? { ok: false, reason: 'expired' } : { ok: true, claims };
}

function mac(body: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest();
}

function readClaims(body: string): StreamClaims | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(body, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields) || fields.length !== 8) return undefined;
  const [version, tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs]: unknown[] = fields;
  if (version !== layout || !isCount(epoch) || !isCount(expiresAtMs)) return undefined;
  if (!isText(tenantId) || !isText(callId) || !isText(gatewayId) || !isText(nodeId) || !isText(assistantVersionId))
    return undefined;
  return { tenantId, callId, epoch, gatewayId, nodeId, assistantVersionId, expiresAtMs };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
