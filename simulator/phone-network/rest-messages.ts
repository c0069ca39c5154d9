import type { Account } from './accounts.ts';
import { rfc2822 } from './call-fields.ts';
import type { Network } from './network.ts';
import { notFound, RestError } from './rest-error.ts';
import { BOOLEAN, integer, METHOD, oneOf, TEXT, URL_PARAMETER } from './rest-form.ts';
import { listAnswer, type RestRequest, type RestRoute } from './rest-route.ts';
import { newSid } from './sids.ts';

const PARAMETERS = {
  To: TEXT,
  From: TEXT,
  Body: TEXT,
  MediaUrl: URL_PARAMETER,
  MessagingServiceSid: TEXT,
  StatusCallback: URL_PARAMETER,
  StatusCallbackMethod: METHOD,
  ApplicationSid: TEXT,
  ValidityPeriod: integer(1, 36_000),
  SmartEncoded: BOOLEAN,
  ProvideFeedback: BOOLEAN,
  Attempt: integer(1, 100),
  ContentRetention: oneOf('retain', 'discard'),
  AddressRetention: oneOf('retain', 'obfuscate'),
} as const;

/** As the vendor's test numbers have it (twilio.com/docs/iam/test-credentials): no mobile number, and one that its network refuses. */
const LANDLINE = '+15005550009';
const UNREACHABLE = '+15005550008';
/** Delivered at once and priced later: not before it has been asked for twice. */
const PRICED_LATE = '+15005550007';
/** The handset is switched off, or its network does not let it be reached. */
const OUT_OF_REACH = 30_003;
const SEGMENT_PRICE = 0.0564;
const PHONE = /^\+[1-9]\d{6,14}$/;
const MOST_CHARACTERS = 1600;

interface Message {
  sid: string;
  accountSid: string;
  from: string;
  to: string;
  body: string;
  status: 'queued' | 'sent' | 'delivered' | 'undelivered';
  createdAt: Date;
  timesAsked: number;
}

/** The `Messages` resource; messages are delivered but to the numbers above, their progress told by status callbacks. */
export function messageRoutes(network: Network): RestRoute[] {
  const messages = new Map<string, Message>();
  return [
    {
      method: 'POST',
      pattern: /^\/Messages\.json$/,
      parameters: PARAMETERS,
      handle: (request) => {
        const message = newMessage(network, request);
        messages.set(message.sid, message);
        const answer = { status: 201, body: messageJson(message) };
        const callback = request.form.text('StatusCallback');
        void deliverMessage(network, request.account, message, callback);
        return answer;
      },
    },
    {
      method: 'GET',
      pattern: /^\/Messages\.json$/,
      parameters: { To: TEXT, From: TEXT },
      handle: (request) => {
        const { form, account } = request;
        const found = [...messages.values()].filter(
          (message) =>
            message.accountSid === account.sid &&
            (form.text('To') ?? message.to) === message.to &&
            (form.text('From') ?? message.from) === message.from,
        );
        return listAnswer(request, 'messages', found.toReversed().map(messageJson));
      },
    },
    {
      method: 'GET',
      pattern: /^\/Messages\/(?<sid>SM[0-9a-f]{32})\.json$/,
      parameters: {},
      handle: ({ account, path, url }) => {
        const message = messages.get(path.sid ?? '');
        if (message?.accountSid !== account.sid) throw notFound(url.pathname);
        message.timesAsked += 1;
        return { status: 200, body: messageJson(message) };
      },
    },
  ];
}

function newMessage(network: Network, { form, account }: RestRequest): Message {
  const to = form.text('To');
  const from = form.text('From');
  const body = form.text('Body') ?? '';
  if (to === undefined) throw new RestError(400, 21_604, "A 'To' phone number is required.");
  if (!PHONE.test(to)) throw new RestError(400, 21_211, "Invalid 'To' Phone Number");
  if (to === LANDLINE) throw new RestError(400, 21_614, "'To' number is not a valid mobile number");
  if (from === undefined) throw new RestError(400, 21_603, "A 'From' phone number is required.");
  if (network.accounts.numberOf(from)?.accountSid !== account.sid) {
    throw new RestError(400, 21_606, "The 'From' phone number is not a message-capable number of your account");
  }
  if (body === '' && !form.has('MediaUrl')) throw new RestError(400, 21_602, 'Message body is required.');
  if (body.length > MOST_CHARACTERS) throw new RestError(400, 21_617, 'The message body exceeds 1600 characters');
  return {
    sid: newSid('SM'),
    accountSid: account.sid,
    from,
    to,
    body,
    status: 'queued',
    createdAt: network.now(),
    timesAsked: 0,
  };
}

async function deliverMessage(
  network: Network,
  account: Account,
  message: Message,
  callback: string | undefined,
): Promise<void> {
  for (const status of ['sent', message.to === UNREACHABLE ? 'undelivered' : 'delivered'] as const) {
    message.status = status;
    if (callback === undefined) continue;
    const fields = {
      MessageSid: message.sid,
      SmsSid: message.sid,
      AccountSid: account.sid,
      From: message.from,
      To: message.to,
      MessageStatus: status,
      SmsStatus: status,
      ...(status === 'undelivered' && { ErrorCode: String(OUT_OF_REACH) }),
      ApiVersion: '2010-04-01',
    };
    const token = `${message.sid}-${status}`;
    await network.deliver({
      url: callback,
      method: 'POST',
      fields,
      authToken: account.authToken,
      idempotencyToken: token,
    });
  }
}

function isPricedLater({ to, timesAsked }: Message): boolean {
  return to === PRICED_LATE && timesAsked <= 2;
}

function messageJson(message: Message): Record<string, unknown> {
  const date = rfc2822(message.createdAt);
  const segments = Math.max(1, Math.ceil(message.body.length / 153));
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: date,
    date_sent: message.status === 'queued' ? null : date,
    date_updated: date,
    direction: 'outbound-api',
    error_code: message.status === 'undelivered' ? OUT_OF_REACH : null,
    error_message: null,
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(segments),
    // Negative, as what is taken from the account; there once the message has left, delivered or not.
    price: message.status === 'queued' || isPricedLater(message) ? null : (-SEGMENT_PRICE * segments).toFixed(5),
    price_unit: 'USD',
    status: message.status,
    subresource_uris: {},
    to: message.to,
    uri: `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}.json`,
  };
}
