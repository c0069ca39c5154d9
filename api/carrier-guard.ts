import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../contracts/errors.ts';
import { withoutSlash } from '../telephony/callback-urls.ts';
import type { FormFields } from '../telephony/signature.ts';
import type { AccountDirectory } from './account-directory.ts';
import type { NumberDirectory } from './number-directory.ts';

/** Who signed a request: set on every request that passed the guard. */
export interface CarrierIdentity {
  accountId: string;
  tenantIds: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    carrier: CarrierIdentity | undefined;
  }
}

export interface CarrierGuardOptions {
  accounts: AccountDirectory;
  numbers: NumberDirectory;
  /** Address under which the carrier reaches this API; what it signs begins with it. */
  publicUrl: string;
  /** Another of our addresses that the carrier may have called: the one that other processes give as their fallback. */
  fallbackPublicUrl?: string | undefined;
  /** Takes scheme and host from the headers of a proxy in front. */
  trustProxy: boolean;
}

/**
 * Lets only what the carrier signed pass, before anything of the form is believed. A request without a signature is
 * refused before its body is read; of the form only the account's id is used, to find the token that must have signed it.
 */
export function guardCarrier(
  app: FastifyInstance,
  { accounts, numbers, publicUrl, fallbackPublicUrl, trustProxy }: CarrierGuardOptions,
): void {
  app.decorateRequest('carrier', undefined);
  app.addHook('onRequest', async (request) => {
    if (signatureOf(request) === undefined) throw refusal(request, 'signature-invalid');
  });
  app.addHook('preValidation', async (request) => {
    const fields = fieldsOf(request.body);
    const accountId = fields['AccountSid'];
    const signature = signatureOf(request);
    if (typeof accountId !== 'string' || signature === undefined) throw refusal(request, 'account-unknown');
    // What the request says of its host only chooses between the addresses that are ours.
    const isFallback = fallbackPublicUrl !== undefined && request.host === new URL(fallbackPublicUrl).host;
    const own = withoutSlash(isFallback ? fallbackPublicUrl : publicUrl);
    const base = trustProxy ? `${request.protocol}://${request.host}` : own;
    const url = `${base}${request.raw.url ?? ''}`;
    const isAbout = (tenantIds: readonly string[]) => isAboutOne(request, fields, tenantIds, numbers);
    const verdict = await accounts.verify({ accountId, signature, url, fields, isAbout });
    if (!verdict.ok) throw refusal(request, verdict.reason);
    request.carrier = { accountId, tenantIds: verdict.tenantIds };
  });
}

/** The identity that the guard has proven. */
export function carrierOf(request: FastifyRequest): CarrierIdentity {
  if (!request.carrier) throw new AppError('signature-invalid', 'the request was not verified');
  return request.carrier;
}

/** The path of a call's callbacks names its tenant; elsewhere the number does. */
async function isAboutOne(
  { params }: FastifyRequest,
  { Direction, From, To }: FormFields,
  tenantIds: readonly string[],
  numbers: CarrierGuardOptions['numbers'],
): Promise<boolean> {
  if (isRecord(params) && typeof params['tenantId'] === 'string') return tenantIds.includes(params['tenantId']);
  const number = Direction === 'inbound' ? To : From;
  if (typeof number !== 'string') return true;
  // Where the database is away nobody can know better.
  return numbers.find(number, tenantIds).then(
    (route) => route !== undefined,
    () => true,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function signatureOf({ headers }: FastifyRequest): string | undefined {
  const signature = headers['x-twilio-signature'];
  return typeof signature === 'string' && signature !== '' ? signature : undefined;
}

function refusal(request: FastifyRequest, code: 'signature-invalid' | 'account-unknown'): AppError {
  request.log.warn({ code, route: request.routeOptions.url }, 'webhook refused');
  return new AppError(
    code,
    code === 'account-unknown' ? 'the account is not known here' : 'the signature does not fit',
  );
}

function fieldsOf(body: unknown): FormFields {
  return isForm(body) ? body : {};
}

function isForm(body: unknown): body is FormFields {
  if (typeof body !== 'object' || body === null) return false;
  return Object.values(body).every(
    (value) => typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string')),
  );
}
