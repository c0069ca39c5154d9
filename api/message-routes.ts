import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { AppError } from '../contracts/errors.ts';
import { undeliveredReason } from '../telephony/undelivered-reason.ts';
import { carrierOf } from './carrier-guard.ts';
import type { EventLog } from './event-log.ts';
import { CallParams, logOf } from './voice-routes.ts';

export interface MessageRouteDeps {
  events: EventLog;
  nowMs: () => number;
}

/** What we read of the carrier's form about a text message; of a call it says nothing. */
const MessageForm = Type.Object({
  AccountSid: Type.String({ pattern: '^AC[0-9a-fA-F]{32}$' }),
  MessageSid: Type.String({ pattern: '^(SM|MM)[0-9a-fA-F]{32}$' }),
  MessageStatus: Type.String({ maxLength: 64 }),
  ErrorCode: Type.Optional(Type.String({ pattern: '^\\d{0,6}$' })),
});
const MessageParams = Type.Object({
  ...CallParams.properties,
  smsId: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }),
});

/**
 * What has become of a call's text messages, which the carrier tells when the call may be long over: an event of the call
 * for each message that arrived or did not. What it tells on the way there changes nothing.
 */
export function messageRoutes({ events, nowMs }: MessageRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/telephony/t/:tenantId/calls/:callId/message/:smsId',
      { schema: { body: MessageForm, params: MessageParams } },
      async (request, reply) => {
        const { tenantId, callId, smsId } = request.params;
        if (!carrierOf(request).tenantIds.includes(tenantId))
          throw new AppError('signature-invalid', 'the signature does not fit');
        const { MessageSid: messageId, MessageStatus, ErrorCode } = request.body;
        const end = ends[MessageStatus];
        if (end === undefined) return reply.code(204).send();
        const why = end === 'sms-undelivered' ? undeliveredReason(ErrorCode ? Number(ErrorCode) : undefined) : {};
        logOf(request, { tenantId, callId }).info({ smsId, end, ...why }, 'text message ended at the carrier');
        const eventId = `${messageId}/${end}`;
        events.add({ tenantId, callId, eventId, kind: end, atMs: nowMs(), data: { smsId, messageId, ...why } });
        return reply.code(204).send();
      },
    );
  };
}

/** By the carrier's word; without a prototype, since the word comes from outside. */
const ends: Readonly<Record<string, 'sms-delivered' | 'sms-undelivered'>> = Object.assign(Object.create(null), {
  delivered: 'sms-delivered',
  read: 'sms-delivered',
  undelivered: 'sms-undelivered',
  failed: 'sms-undelivered',
  canceled: 'sms-undelivered',
});
