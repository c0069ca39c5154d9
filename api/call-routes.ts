import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '../contracts/errors.ts';
import type { CallInput } from '../contracts/messages.ts';
import { createKeptLookup } from './kept-lookup.ts';
import { detectionFor, fingerprintOf, outboundCallId, readNewCall } from './new-call.ts';
import type { NumberDirectory } from './number-directory.ts';
import { startOutboundCall } from './start-outbound-call.ts';
import { logOf } from './voice-routes.ts';

export interface CallRouteDeps {
  /** The tenant of a key that stands in its table and is not revoked. */
  tenantOfKey: (key: string) => Promise<string | undefined>;
  /** All that is stored of a call, or nothing where the tenant has no such call. */
  callReport: (tenantId: string, callId: string) => Promise<object | undefined>;
  numbers: NumberDirectory;
  numbersOf: (tenantId: string) => Promise<readonly { phoneNumber: string; flowId: string }[]>;
  /** Whether the tenant can dial at all: a token for this account is stored. */
  hasCredentials: (tenantId: string, accountId: string) => Promise<boolean>;
  /** Starts the call's workflow, which dials by itself. `other-request`: it was started before, for another request. */
  start: (call: CallInput, fingerprint: string) => Promise<'started' | 'same-request' | 'other-request'>;
  nowMs: () => number;
}

/** Calls for a tenant's own programs; `Authorization: Bearer <api key>`. */
export function callRoutes(deps: CallRouteDeps): FastifyPluginAsyncTypebox {
  const { numbers, nowMs } = deps;
  const tenants = createKeptLookup({ load: deps.tenantOfKey, nowMs, freshMs: 10_000, waitMs: 2000, maxEntries: 1000 });
  return async (app) => {
    app.get(
      '/calls/:callId',
      { schema: { params: Type.Object({ callId: Type.String({ maxLength: 128 }) }) } },
      async (request) => {
        const tenantId = await tenantOf(request);
        const report = await deps.callReport(tenantId, request.params.callId);
        if (report === undefined) throw new AppError('call-unknown', 'there is no such call');
        return report;
      },
    );

    app.post('/calls', async (request, reply) => {
      const tenantId = await tenantOf(request);
      const asked = readNewCall(request.body);
      const { to, idempotencyKey, flowId, ringTimeoutS = 60, onVoicemail } = asked;
      const own = await deps.numbersOf(tenantId);
      const leading = flowId === undefined ? own[0] : own.find((number) => number.flowId === flowId);
      if (flowId !== undefined && !leading)
        throw new AppError('flow-invalid', 'none of your numbers leads to that flow');
      const from = asked.from ?? leading?.phoneNumber ?? '';
      const route = await numbers.find(from, [tenantId]);
      if (!route) throw new AppError('number-unknown', 'the number to dial from is none of yours');
      if (!(await deps.hasCredentials(tenantId, route.accountId)))
        throw new AppError('credentials-missing', 'no credentials are stored for the account of that number');
      const flow =
        flowId === undefined ? route.flow : (await numbers.find(leading?.phoneNumber ?? '', [tenantId]))?.flow;
      if (!flow) throw new AppError('flow-invalid', 'nothing is published under that flow');
      const machineDetection = detectionFor(asked, flow.compiled);
      const callId = outboundCallId(tenantId, idempotencyKey);
      const { degradedPlan, language, allowedPrivateHosts } = route;
      const carrier = { provider: 'twilio', accountId: route.accountId, carrierCallId: '' } as const;
      const dial = {
        idempotencyKey,
        timeoutS: ringTimeoutS,
        machineDetection,
        ...(onVoicemail === undefined ? {} : { onVoicemail }),
      };
      const direction = 'outbound';
      const plan = { flow, degradedPlan, language, allowedPrivateHosts, dial };
      const call: CallInput = { tenantId, callId, direction, from, to, carrier, ...plan };
      await startOutboundCall(() => deps.start(call, fingerprintOf(asked)));
      logOf(request, { tenantId, callId }).info({ flowId: flow.flowId, pii: { from, to } }, 'call requested');
      return reply.code(202).send({ callId });
    });

    async function tenantOf(request: FastifyRequest): Promise<string> {
      const key = /^Bearer (\S{16,256})$/.exec(request.headers.authorization ?? '')?.[1];
      const tenantId = key === undefined ? undefined : await tenants.get(key);
      if (tenantId === undefined) throw new AppError('api-key-invalid', 'the API key is missing, unknown or revoked');
      return tenantId;
    }
  };
}
