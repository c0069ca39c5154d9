import { randomUUID } from 'node:crypto';
import type { Call } from './call.ts';
import { rfc2822, voiceFields, durationSeconds } from './call-fields.ts';
import type { FormFields } from './form-fields.ts';
import type { Network } from './network.ts';
import type { WebhookOutcome } from './webhook-client.ts';

export interface CallWebhook {
  purpose: string;
  url: string;
  method: 'GET' | 'POST';
  fields: FormFields;
}

/** Requests a call's TwiML. Traps: the same question asked twice at once, or again because its answer was lost. */
export async function askForDocument(network: Network, call: Call, webhook: CallWebhook): Promise<WebhookOutcome> {
  const token = randomUUID();
  const full = { ...webhook, fields: { ...voiceFields(call), ...webhook.fields } };
  if (call.springs('webhook-answer-lost')) await deliver(network, call, full, token);
  if (!call.springs('webhook-delivered-twice')) return await deliver(network, call, full, token);
  const [first] = await Promise.all([deliver(network, call, full, token), deliver(network, call, full, token)]);
  return first;
}

/** Tells the customer something and ignores the answer's body; a failure is an alert. */
export async function notify(network: Network, call: Call, webhook: CallWebhook): Promise<void> {
  const times = call.springs('status-callbacks-repeated') ? 2 : 1;
  const token = randomUUID();
  for (let n = 0; n < times; n += 1) {
    const outcome = await deliver(network, call, webhook, token);
    if (!outcome.ok) call.alert(outcome.errorCode, `${webhook.purpose}: ${outcome.detail}`);
  }
}

async function deliver(network: Network, call: Call, webhook: CallWebhook, token: string): Promise<WebhookOutcome> {
  const atMs = call.line.nowMs;
  const { purpose, url, method, fields } = webhook;
  const authToken = call.account.authToken;
  const outcome = await network.deliver({ url, method, fields, authToken, idempotencyToken: token });
  const { attempts, latencyMs, status } = outcome;
  const errorCode = outcome.ok ? undefined : outcome.errorCode;
  const entry = { atMs, purpose, url, method, fields, status, errorCode, latencyMs, attempts };
  call.webhooks.push(outcome.ok ? { ...entry, body: outcome.body.toString('utf8', 0, 8192) } : entry);
  return outcome;
}

/** The form of a call progress callback. */
export function progressFields(call: Call, sequenceNumber: number, now: Date): FormFields {
  const seconds = durationSeconds(call);
  return {
    ...voiceFields(call),
    ...(call.hasEnded && {
      CallDuration: call.status === 'completed' ? String(seconds) : '0',
      Duration: call.status === 'completed' ? String(Math.ceil(seconds / 60)) : '0',
      SipResponseCode: call.sipResponseCode,
    }),
    Timestamp: rfc2822(now),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequenceNumber),
  };
}
