import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '../contracts/errors.ts';
import { isAwaited } from '../telephony/callback-urls.ts';
import { degradedTwiml } from '../telephony/degraded-twiml.ts';
import type { CallAnswerer } from './call-answerer.ts';
import { callInput, callOf, type CallPath } from './call-context.ts';
import { CarrierForm, isInbound, ownNumber } from './carrier-form.ts';
import { carrierOf } from './carrier-guard.ts';
import type { EventLog } from './event-log.ts';
import { failedQuestion } from './failed-question.ts';
import type { NumberDirectory } from './number-directory.ts';
import { cannotConnect, notInService } from './spoken-apology.ts';

export interface VoiceRouteDeps {
  answerer: CallAnswerer;
  numbers: NumberDirectory;
  events: EventLog;
  nowMs: () => number;
}

export const CallParams = Type.Object({
  tenantId: Type.String({ pattern: '^[A-Za-z0-9._-]{1,128}$' }),
  callId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
});
export const Count = Type.String({ pattern: '^\\d{1,6}$' });
const NextParams = Type.Object({
  ...CallParams.properties,
  number: Count,
  awaited: Type.String(),
  gatewayId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' })),
});

/** The carrier's questions: each is answered by a document. */
export function voiceRoutes({ answerer, numbers, events, nowMs }: VoiceRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const body = CarrierForm;
    app.addHook('onSend', async (_request, reply, payload) => {
      if (typeof payload === 'string' && payload.startsWith('<?xml')) reply.type('text/xml; charset=utf-8');
      return payload;
    });

    app.post('/telephony/voice', { schema: { body } }, async (request) => first(request, request.body));

    app.post('/telephony/t/:tenantId/calls/:callId/voice', { schema: { body, params: CallParams } }, async (request) =>
      answerer.first(await called(request, request.params, request.body), request.body, logOf(request, request.params)),
    );

    app.post(
      '/telephony/t/:tenantId/calls/:callId/next/:number/:awaited/:gatewayId?',
      { schema: { body, params: NextParams } },
      async (request) => {
        const { number, awaited, gatewayId } = request.params;
        if (!isAwaited(awaited)) throw new AppError('callback-malformed', 'the path names nothing that we wait for');
        const call = await called(request, request.params, request.body);
        return answerer.next(
          call,
          { number: Number(number), awaited, gatewayId, form: request.body },
          logOf(request, request.params),
        );
      },
    );

    const DegradedParams = Type.Object({ ...CallParams.properties, step: Count });
    app.post(
      '/telephony/t/:tenantId/calls/:callId/degraded/:step',
      { schema: { body, params: DegradedParams } },
      async (request) =>
        answerer.degraded(
          await called(request, request.params, request.body),
          Number(request.params.step),
          request.body,
        ),
    );

    // The carrier asks here where another address failed; the form says which.
    app.post('/telephony/fallback', { schema: { body } }, async (request) => {
      const form = request.body;
      const question = failedQuestion(form);
      request.log.warn(
        { carrierCallId: form.CallSid, errorCode: form.ErrorCode, question: question.type },
        'carrier fell back',
      );
      switch (question.type) {
        case 'first':
          return question.path
            ? answerer.first(await called(request, question.path, form), form, logOf(request, question.path))
            : first(request, form);
        case 'next':
          return answerer.next(
            await called(request, question.path, form),
            { ...question, form },
            logOf(request, question.path),
          );
        case 'degraded':
          return answerer.degraded(await called(request, question.path, form), question.step, form);
        case 'none':
          return apologise(request, form, question.path);
      }
    });

    async function first(request: FastifyRequest, form: CarrierForm): Promise<string> {
      const { tenantIds } = carrierOf(request);
      const route = await numbers.find(ownNumber(form), tenantIds);
      if (!route || !isInbound(form)) return unknownNumber(request, form);
      const call = callInput(route, form, form.CallSid);
      const log = logOf(request, call);
      log.info(
        { flowId: call.flow.flowId, flowVersion: call.flow.version, pii: { from: call.from, to: call.to } },
        'call arrived',
      );
      return answerer.first(call, form, log);
    }

    /** Somebody pointed a number at us that has no flow: the caller is told, and operators can find it. */
    function unknownNumber(request: FastifyRequest, form: CarrierForm): string {
      const { tenantIds, accountId } = carrierOf(request);
      const [tenantId] = tenantIds;
      const callId = form.CallSid;
      const number = ownNumber(form);
      request.log.warn({ tenantId, callId, accountId, pii: { number } }, 'number unknown');
      if (tenantId !== undefined) {
        events.add({
          tenantId,
          callId,
          eventId: 'number-unknown',
          kind: 'number-unknown',
          atMs: nowMs(),
          data: { accountId, number },
        });
      }
      return spoken(notInService(number));
    }

    /** Our own document was at fault, or nobody knows where the call stands: its number's plan, else an apology. */
    async function apologise(request: FastifyRequest, form: CarrierForm, path: CallPath | undefined): Promise<string> {
      const { tenantIds } = carrierOf(request);
      const route = path ? undefined : await numbers.find(ownNumber(form), tenantIds).catch(() => undefined);
      if (path) return answerer.fallBack(await called(request, path, form));
      return route && isInbound(form)
        ? answerer.fallBack(callInput(route, form, form.CallSid))
        : spoken(cannotConnect(ownNumber(form)));
    }

    const called = (request: FastifyRequest, path: CallPath, form: CarrierForm) =>
      callOf(path, form, carrierOf(request), numbers);
  };
}

/** A plan of words alone: it needs no callback. */
function spoken(plan: Parameters<typeof degradedTwiml>[0]): string {
  return degradedTwiml(plan, 0, { after: () => '', recording: '' });
}

export function logOf(request: FastifyRequest, { tenantId, callId }: CallPath): FastifyBaseLogger {
  return request.log.child({ tenantId, callId });
}
