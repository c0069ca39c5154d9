import { AppError } from '../contracts/errors.ts';
import { carrierFailure, CarrierError } from './carrier-failure.ts';
import { type MessagePrice, messagePrice } from './message-price.ts';
import type { RequestClaim, RequestKey } from './request-ledger.ts';
import type { TwilioAccount, TwilioClient } from './twilio-client.ts';

export interface OutgoingMessage {
  accountId: string;
  /** E.164, a number of the account. */
  from: string;
  to: string;
  text: string;
}

/**
 * `failed`: it was refused or not delivered, or nobody will know; with the carrier's own error code where it gave one. The
 * price is what the carrier has said of it by then.
 */
export type MessageEnd = ({ status: 'sent' } | { status: 'failed'; carrierCode?: number }) & {
  /** The carrier's own id; absent where there is no message. */
  messageId?: string;
  price?: MessagePrice;
};

export interface PriceQuestion {
  tenantId: string;
  accountId: string;
  /** The carrier's own id. */
  messageId: string;
}

export interface TwilioMessagesDeps {
  requests: {
    claim(key: RequestKey, atMs: number): Promise<RequestClaim>;
    placed(key: RequestKey, data: { messageId: string }, atMs: number): Promise<void>;
    release(key: RequestKey, atMs: number): Promise<void>;
  };
  /** Whether a message at the carrier is another one of ours. */
  isTaken: (key: RequestKey, messageId: string) => Promise<boolean>;
  /** Where the carrier tells what becomes of a message, also long after it was sent. */
  statusUrl: (key: RequestKey) => string;
  authToken: (tenantId: string, accountId: string) => Promise<string | undefined>;
  connect: (account: TwilioAccount) => TwilioClient;
  nowMs: () => number;
  pause: (ms: number) => Promise<unknown>;
}

/** The carrier's clock and ours may differ by so much. */
const clockSkewMs = 5_000;
/** For so long after a request that was lost the carrier's list is looked through. */
const unknownForMs = 5_000;
/** A message that the carrier still has then counts as sent: a caller waits. */
const followedForMs = 4_000;
const pollMs = 400;

/** Text messages on Twilio, by its REST interface. At most one request leaves for a message, whatever process asks and however often. */
export function createTwilioMessages({
  requests,
  isTaken,
  statusUrl,
  authToken,
  connect,
  nowMs,
  pause,
}: TwilioMessagesDeps) {
  async function create(client: TwilioClient, key: RequestKey, { from, to, text }: OutgoingMessage): Promise<string> {
    try {
      return (await client.messages.create({ from, to, body: text, statusCallback: statusUrl(key) })).sid;
    } catch (thrown) {
      const { error, done } = carrierFailure(thrown);
      if (done === 'no') await requests.release(key, nowMs());
      throw error;
    }
  }

  /** Somebody asked and died, or never heard the answer: the carrier's own list tells. */
  async function find(
    client: TwilioClient,
    key: RequestKey,
    { from, to, text }: OutgoingMessage,
    sinceMs: number,
  ): Promise<string | undefined> {
    const listed = await client.messages.list({ from, to, limit: 20 }).catch((thrown: unknown) => {
      throw carrierFailure(thrown).error;
    });
    for (const { sid, body, dateCreated } of listed) {
      const isYoung = dateCreated.getTime() >= sinceMs - clockSkewMs;
      if (isYoung && body === text && !(await isTaken(key, sid))) return sid;
    }
    if (nowMs() - sinceMs > unknownForMs) return undefined;
    throw new AppError('carrier-unavailable', 'it is not known whether the message was sent');
  }

  /** What the carrier says of it, for as long as it is worth waiting for. */
  async function follow(client: TwilioClient, messageId: string): Promise<MessageEnd> {
    const untilMs = nowMs() + followedForMs;
    for (;;) {
      const message = await client
        .messages(messageId)
        .fetch()
        .catch(() => undefined);
      const price = message && messagePrice(message);
      const priced = { messageId, ...(price && { price }) };
      switch (message?.status) {
        case 'sent':
        case 'delivered':
        case 'read':
          return { status: 'sent', ...priced };
        case 'failed':
        case 'undelivered':
        case 'canceled':
          return { status: 'failed', ...(message.errorCode && { carrierCode: message.errorCode }), ...priced };
        default:
          if (nowMs() >= untilMs) return { status: 'sent', ...priced };
          await pause(pollMs);
      }
    }
  }

  return {
    /**
     * What the carrier takes for a message. `not-yet`: it has not said so; `never`: it takes nothing, for it has not sent it,
     * or nobody can ask it any more.
     */
    price: async ({ tenantId, accountId, messageId }: PriceQuestion): Promise<MessagePrice | 'not-yet' | 'never'> => {
      const token = await authToken(tenantId, accountId);
      if (token === undefined) return 'never';
      try {
        const message = await connect({ accountId, authToken: token }).messages(messageId).fetch();
        const isUnsent = message.status === 'failed' || message.status === 'canceled';
        return messagePrice(message) ?? (isUnsent ? 'never' : 'not-yet');
      } catch (thrown) {
        const { error } = carrierFailure(thrown);
        if (error.code === 'call-unknown') return 'never';
        throw error;
      }
    },

    /** Fails where it is worth another try: it then goes on where this one stopped. */
    send: async (key: RequestKey, message: OutgoingMessage): Promise<MessageEnd> => {
      const { accountId } = message;
      const token = await authToken(key.tenantId, accountId);
      if (token === undefined) return { status: 'failed' };
      const client = connect({ accountId, authToken: token });
      const claim = await requests.claim(key, nowMs());
      if (claim.type === 'done') {
        const { messageId } = claim.data;
        return typeof messageId === 'string' ? follow(client, messageId) : { status: 'sent' };
      }
      try {
        const messageId =
          claim.type === 'mine' ? await create(client, key, message) : await find(client, key, message, claim.sinceMs);
        if (messageId === undefined) return { status: 'failed' };
        await requests.placed(key, { messageId }, nowMs());
        return await follow(client, messageId);
      } catch (failure) {
        if (!(failure instanceof AppError) || failure.retry) throw failure;
        const carrierCode = failure instanceof CarrierError ? failure.carrierCode : undefined;
        return { status: 'failed', ...(carrierCode !== undefined && { carrierCode }) };
      }
    },
  };
}
