import twilio from 'twilio';

export interface TwilioAccount {
  accountId: string;
  authToken: string;
}

export interface TwilioClientOptions {
  /** Absent: the vendor's own address. */
  baseUrl?: string | undefined;
  timeoutMs: number;
}

export type TwilioClient = ReturnType<typeof createTwilioClient>;

/**
 * The vendor's own client. It repeats nothing by itself: dialling twice is worse than not dialling. Its environment is
 * kept from it: `TWILIO_REGION` and `TWILIO_EDGE` would rewrite the host of every request.
 */
export function createTwilioClient(
  { accountId, authToken }: TwilioAccount,
  { baseUrl, timeoutMs }: TwilioClientOptions,
) {
  const client = twilio(accountId, authToken, { env: {}, timeout: timeoutMs, autoRetry: false, lazyLoading: true });
  if (baseUrl !== undefined) client.api.baseUrl = baseUrl.endsWith('/') ? baseUrl.slice(0, -1) : baseUrl;
  return client;
}
