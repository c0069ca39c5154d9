import type { Logger } from 'pino';
import type { QuestionActivities } from '../contracts/call-children.ts';
import type { createTwilioMessages } from '../telephony/twilio-messages.ts';
import { asActivityFailure } from './activity-failure.ts';

export interface SmsActivityDeps {
  messages: Pick<ReturnType<typeof createTwilioMessages>, 'send'>;
  log: Logger;
}

/** The text messages of flows. */
export function createSmsActivities({ messages, log }: SmsActivityDeps): Pick<QuestionActivities, 'sendSms'> {
  return {
    /** A refusal is an outcome; only what is not known to have happened is tried again, under the same name. */
    sendSms: ({ tenantId, callId, smsId, ...message }) =>
      asActivityFailure(async () => {
        const end = await messages.send({ tenantId, callId, name: `sms/${smsId}` }, message);
        const carrierCode = end.status === 'failed' ? end.carrierCode : undefined;
        log.info({ tenantId, callId, smsId, status: end.status, carrierCode }, 'text message ended');
        return { type: 'smsEnded', status: end.status };
      }),
  };
}
