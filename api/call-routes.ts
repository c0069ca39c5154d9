import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { AppError, errorCodeOf } from '../contracts/errors.ts';
import type { CallControl, CallInput } from '../contracts/messages.ts';
import type { CallPath } from './call-context.ts';
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
  /** The sound of a recording of a call's, a WAV file; undefined where the tenant has none. */
  recordedSound: (
    recording: CallPath & { recordingId: string },
  ) => Promise<{ bytes: number; sound: AsyncIterable<Uint8Array> } | undefined>;
  numbers: NumberDirectory;
  numbersOf: (tenantId: string) => Promise<readonly { phoneNumber: string; flowId: string }[]>;
  /** Whether the tenant can dial at all: a token for this account is stored. */
  hasCredentials: (tenantId: string, accountId: string) => Promise<boolean>;
  /** Starts the call's workflow, which dials by itself. `other-request`: it was started before, for another request. */
  start: (call: CallInput, fingerprint: string) => Promise<'started' | 'same-request' | 'other-request'>;
  /** Does something to a call of the tenant's. */
  control: (
    call: CallPath,
    event: CallControl,
  ) => Promise<{ type: 'done' | 'gone' | 'unanswered' } | { type: 'refused'; code: string }>;
  nowMs: () => number;
}

const CallId = Type.Object({ callId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });
const RecordingPath = Type.Object({
  ...CallId.properties,
  recordingId: Type.String({ pattern: '^[A-Za-z0-9]{1,64}$' }),
});
const eventId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const CallEvent = Type.Union([
  Type.Object(
    { type: Type.Literal('play'), eventId, text: Type.String({ minLength: 1, maxLength: 1000 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('dtmf'), eventId, digits: Type.String({ pattern: '^[0-9*#]{1,32}$' }) },
    { additionalProperties: false },
  ),
]);

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

    app.get('/calls/:callId/recordings/:recordingId', { schema: { params: RecordingPath } }, async (request, reply) => {
      const { callId, recordingId } = request.params;
      const tenantId = await tenantOf(request);
      const found = await deps.recordedSound({ tenantId, callId, recordingId });
      if (!found) throw new AppError('recording-unknown', 'there is no such recording, or nothing was kept of it');
      logOf(request, { tenantId, callId }).info({ recordingId }, 'recording fetched');
      return reply
        .headers({ 'content-length': found.bytes, 'cache-control': 'private, no-store' })
        .type('audio/wav')
        .send(Readable.from(found.sound));
    });

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
      const led = flowId === undefined ? route : await numbers.find(leading?.phoneNumber ?? '', [tenantId]);
      if (!led) throw new AppError('flow-invalid', 'nothing is published under that flow');
      const { flow, contactTool } = led;
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
      const plan = { flow, degradedPlan, language, allowedPrivateHosts, ...(contactTool && { contactTool }), dial };
      const call: CallInput = { tenantId, callId, direction, from, to, carrier, ...plan };
      await startOutboundCall(() => deps.start(call, fingerprintOf(asked)));
      logOf(request, { tenantId, callId }).info({ flowId: flow.flowId, pii: { from, to } }, 'call requested');
      return reply.code(202).send({ callId });
    });

    app.post('/calls/:callId/events', { schema: { params: CallId } }, async (request, reply) => {
      const tenantId = await tenantOf(request);
      const event = request.body;
      if (!Value.Check(CallEvent, event))
        throw new AppError(
          'request-malformed',
          'an event is { "type": "play", "eventId", "text" } with up to 1000 characters, or { "type": "dtmf", "eventId", "digits" } with up to 32 of 0-9, * and #; "eventId" has up to 64 letters, digits, - and _',
        );
      await controlled({ tenantId, callId: request.params.callId }, event);
      return reply.code(202).send({ callId: request.params.callId });
    });

    app.delete('/calls/:callId', { schema: { params: CallId } }, async (request, reply) => {
      const { callId } = request.params;
      await controlled({ tenantId: await tenantOf(request), callId }, { type: 'hangUp' });
      return reply.code(202).send({ callId });
    });

    async function controlled(call: CallPath, event: CallControl): Promise<void> {
      const answer = await deps.control(call, event);
      if (answer.type === 'done') return;
      if (answer.type === 'unanswered')
        throw new AppError('temporal-unavailable', 'the call could not be told in time');
      if (answer.type === 'refused')
        throw new AppError(errorCodeOf(answer.code), 'the call could not do that; it goes on as before');
      // Of the call's workflow nothing runs any more: what is stored tells whether there ever was one.
      const isKnown = (await deps.callReport(call.tenantId, call.callId)) !== undefined;
      if (isKnown && event.type === 'hangUp') return;
      if (isKnown) throw new AppError('call-ended', 'the call is over');
      throw new AppError('call-unknown', 'there is no such call');
    }

    async function tenantOf(request: FastifyRequest): Promise<string> {
      const key = /^Bearer (\S{16,256})$/.exec(request.headers.authorization ?? '')?.[1];
      const tenantId = key === undefined ? undefined : await tenants.get(key);
      if (tenantId === undefined) throw new AppError('api-key-invalid', 'the API key is missing, unknown or revoked');
      return tenantId;
    }
  };
}
