import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '../contracts/errors.ts';
import type { CallInput, PublishedFlow } from '../contracts/messages.ts';
import type { Json } from '../contracts/tools.ts';
import { createKeptLookup } from './kept-lookup.ts';
import type { NumberDirectory } from './number-directory.ts';
import { logOf } from './voice-routes.ts';

export interface CallRouteDeps {
  /** The tenant of a key that is not revoked, by the key's SHA-256 in hexadecimal. */
  tenantOfKey: (keyHash: string) => Promise<string | undefined>;
  /** All that is stored of a call, or nothing where the tenant has no such call. */
  callReport: (tenantId: string, callId: string) => Promise<Json | undefined>;
  numbers: NumberDirectory;
  /** The number that a tenant dials from where the request names none. */
  firstNumber: (tenantId: string) => Promise<string | undefined>;
  publishedFlow: (tenantId: string, flowId: string) => Promise<PublishedFlow | undefined>;
  /** Whether the tenant can dial at all: a token for this account is stored. */
  hasCredentials: (tenantId: string, accountId: string) => Promise<boolean>;
  /** Starts the call's workflow, which dials by itself. */
  start: (call: CallInput) => Promise<void>;
  nowMs: () => number;
}

const PhoneNumber = Type.String({ pattern: '^\\+[1-9]\\d{5,14}$' });
const NewCall = Type.Object(
  {
    to: PhoneNumber,
    /** A number of the tenant; absent: its first one. */
    from: Type.Optional(PhoneNumber),
    /** Absent: the flow of the number that is dialled from. */
    flowId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    /** The same key again is the same call. */
    idempotencyKey: Type.String({ minLength: 1, maxLength: 200 }),
    ringTimeoutS: Type.Optional(Type.Integer({ minimum: 5, maximum: 600 })),
  },
  { additionalProperties: false },
);

/** Calls for a tenant's own programs; `Authorization: Bearer <api key>`. */
export function callRoutes(deps: CallRouteDeps): FastifyPluginAsyncTypebox {
  const { numbers, nowMs } = deps;
  const tenants = createKeptLookup({ load: deps.tenantOfKey, nowMs, freshMs: 10_000, waitMs: 2000 });
  return async (app) => {
    app.get('/calls/:callId', { schema: { params: Type.Object({ callId: Type.String({ maxLength: 128 }) }) } }, async (request) => {
      const tenantId = await tenantOf(request);
      const report = await deps.callReport(tenantId, request.params.callId);
      if (report === undefined) throw new AppError('call-unknown', 'there is no such call');
      return report;
    });

    app.post('/calls', { schema: { body: NewCall } }, async (request, reply) => {
      const tenantId = await tenantOf(request);
      const { to, idempotencyKey, flowId, ringTimeoutS = 60 } = request.body;
      const from = request.body.from ?? (await deps.firstNumber(tenantId));
      const route = from === undefined ? undefined : await numbers.find(from, [tenantId]);
      if (from === undefined || !route) throw new AppError('number-unknown', 'the number to dial from is none of yours');
      if (!(await deps.hasCredentials(tenantId, route.accountId))) throw new AppError('credentials-missing', 'no credentials are stored for the account of that number');
      const flow = flowId === undefined ? route.flow : await deps.publishedFlow(tenantId, flowId);
      if (!flow) throw new AppError('flow-invalid', 'there is no such published flow');
      const callId = outboundCallId(tenantId, idempotencyKey);
      const { degradedPlan, language, allowedPrivateHosts } = route;
      const carrier = { provider: 'twilio', accountId: route.accountId, carrierCallId: '' } as const;
      const dial = { idempotencyKey, timeoutS: ringTimeoutS };
      await deps.start({ tenantId, callId, direction: 'outbound', from, to, carrier, flow, degradedPlan, language, allowedPrivateHosts, dial });
      logOf(request, { tenantId, callId }).info({ flowId: flow.flowId, pii: { from, to } }, 'call requested');
      return reply.code(202).send({ callId });
    });

    async function tenantOf(request: FastifyRequest): Promise<string> {
      const key = /^Bearer (\S{16,200})$/.exec(request.headers.authorization ?? '')?.[1];
      const tenantId = key === undefined ? undefined : await tenants.get(createHash('sha256').update(key).digest('hex'));
      if (tenantId === undefined) throw new AppError('api-key-invalid', 'the API key is missing, unknown or revoked');
      return tenantId;
    }
  };
}

/** Made before anything is dialled; the same for every repeat of a request. */
export function outboundCallId(tenantId: string, idempotencyKey: string): string {
  return `out-${createHash('sha256').update(`${tenantId.length}:${tenantId}:${idempotencyKey}`).digest('hex').slice(0, 40)}`;
}
