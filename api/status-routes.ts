import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '../contracts/errors.ts';
import type { CarrierStatus, Detection, LegEnded } from '../contracts/messages.ts';
import type { JsonObject } from '../contracts/tools.ts';
import type { Adoptions } from './adoptions.ts';
import type { CallPath } from './call-context.ts';
import { CarrierForm, carrierStatusOf, detectionOf, hasDeclined, isInbound, ownNumber } from './carrier-form.ts';
import { carrierOf } from './carrier-guard.ts';
import type { EventLog } from './event-log.ts';
import type { NumberDirectory } from './number-directory.ts';
import { CallParams, Count, logOf } from './voice-routes.ts';

export interface StatusRouteDeps {
  calls: {
    carrierStatus(call: CallPath, status: CarrierStatus): Promise<boolean>;
    detection(call: CallPath, detection: Detection): Promise<boolean>;
    legEnded(call: CallPath, leg: LegEnded): Promise<boolean>;
  };
  adoptions: Pick<Adoptions, 'hold'>;
  numbers: NumberDirectory;
  events: EventLog;
  nowMs: () => number;
}

/**
 * What the carrier tells without asking. Each report carries its own key (a sequence number, or an id for the call's
 * events), so that repeated and reordered ones change nothing; 503 makes the carrier try again.
 */
export function statusRoutes({ calls, adoptions, numbers, events, nowMs }: StatusRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const body = CarrierForm;

    // The number's own status callback knows no path: the number tells the tenant.
    app.post('/telephony/status', { schema: { body } }, async (request, reply) => {
      const { tenantIds } = carrierOf(request);
      const route = await numbers.findKept(ownNumber(request.body), tenantIds);
      if (route && isInbound(request.body))
        await report(request, { tenantId: route.tenantId, callId: request.body.CallSid }, request.body);
      return reply.code(204).send();
    });

    app.post(
      '/telephony/t/:tenantId/calls/:callId/status',
      { schema: { body, params: CallParams } },
      async (request, reply) => {
        await report(request, own(request, request.params, request.body), request.body);
        return reply.code(204).send();
      },
    );

    app.post(
      '/telephony/t/:tenantId/calls/:callId/answered-by',
      { schema: { body, params: CallParams } },
      async (request, reply) => {
        const detection = detectionOf(request.body);
        if (!detection) throw new AppError('callback-malformed', 'it is not said who answered');
        const call = own(request, request.params, request.body);
        logOf(request, call).info(detection, 'carrier detection');
        if (!(await calls.detection(call, detection)))
          throw new AppError('temporal-unavailable', 'the call could not be told');
        return reply.code(204).send();
      },
    );

    const LegParams = Type.Object({ ...CallParams.properties, number: Count });
    app.post(
      '/telephony/t/:tenantId/calls/:callId/leg/:number',
      { schema: { body, params: LegParams } },
      async (request, reply) => {
        const call = own(request, request.params, request.body);
        const leg = { number: Number(request.params.number), declined: hasDeclined(request.body) };
        logOf(request, call).info(leg, 'dialled leg ended');
        if (!(await calls.legEnded(call, leg)))
          throw new AppError('temporal-unavailable', 'the call could not be told');
        return reply.code(204).send();
      },
    );

    app.post(
      '/telephony/t/:tenantId/calls/:callId/stream-status',
      { schema: { body, params: CallParams } },
      async (request, reply) => {
        const { StreamSid, StreamEvent, StreamError } = request.body;
        if (!StreamSid || !StreamEvent) throw new AppError('callback-malformed', 'a stream report names no stream');
        const call = own(request, request.params, request.body);
        if (StreamError)
          logOf(request, call).warn(
            { streamId: StreamSid, pii: { reason: StreamError } },
            'stream failed at the carrier',
          );
        note(call, `${StreamSid}/${StreamEvent}`, StreamEvent, {
          streamId: StreamSid,
          ...(StreamError ? { error: StreamError } : {}),
        });
        return reply.code(204).send();
      },
    );

    app.post(
      '/telephony/t/:tenantId/calls/:callId/recording',
      { schema: { body, params: CallParams } },
      async (request, reply) => {
        const { RecordingSid, RecordingStatus, RecordingDuration } = request.body;
        if (!RecordingSid || !RecordingStatus)
          throw new AppError('callback-malformed', 'a recording report names no recording');
        const call = own(request, request.params, request.body);
        const data = { recordingId: RecordingSid, status: RecordingStatus, durationS: Number(RecordingDuration ?? 0) };
        note(call, `${RecordingSid}/${RecordingStatus}`, 'recording', data);
        return reply.code(204).send();
      },
    );

    async function report(request: FastifyRequest, call: CallPath, form: CarrierForm): Promise<void> {
      const status = carrierStatusOf(form);
      if (!status) throw new AppError('callback-malformed', 'the status is unknown');
      logOf(request, call).info({ status: status.status, sequence: status.sequence }, 'carrier status');
      if (adoptions.hold(call.callId, status)) return;
      if (!(await calls.carrierStatus(call, status)))
        throw new AppError('temporal-unavailable', 'the call could not be told');
    }

    function note({ tenantId, callId }: CallPath, eventId: string, kind: string, data: JsonObject): void {
      events.add({ tenantId, callId, eventId, kind, atMs: nowMs(), data });
    }
  };
}

/** The path, once it is certain that it is the signer's and fits the form. */
function own(request: FastifyRequest, path: CallPath, form: CarrierForm): CallPath {
  if (!carrierOf(request).tenantIds.includes(path.tenantId))
    throw new AppError('signature-invalid', 'the signature does not fit');
  const inbound = form.Direction === 'inbound';
  if (inbound && form.CallSid !== path.callId)
    throw new AppError('callback-malformed', 'path and form name different calls');
  return path;
}
