import { AppError } from '../contracts/errors.ts';
import { numberUrls } from './callback-urls.ts';
import { carrierFailure } from './carrier-failure.ts';
import type { TwilioClient } from './twilio-client.ts';

export interface NumberConnection {
  client: TwilioClient;
  /** E.164; a number of the client's account. */
  phoneNumber: string;
  publicUrl: string;
  /** Another API for the fallback address, where there is one. */
  fallbackPublicUrl?: string | undefined;
}

/** Points a number of the carrier's at us: voice, fallback and status addresses. Returns the carrier's id of the number. */
export async function connectNumber({
  client,
  phoneNumber,
  publicUrl,
  fallbackPublicUrl,
}: NumberConnection): Promise<string> {
  const { voice, fallback, status } = numberUrls(publicUrl, fallbackPublicUrl);
  const [number] = await heard(client.incomingPhoneNumbers.list({ phoneNumber, limit: 1 }));
  if (!number) throw new AppError('number-unknown', 'the account has no such number');
  const update = {
    voiceUrl: voice,
    voiceMethod: 'POST',
    voiceFallbackUrl: fallback,
    voiceFallbackMethod: 'POST',
    statusCallback: status,
    statusCallbackMethod: 'POST',
  };
  await heard(client.incomingPhoneNumbers(number.sid).update(update));
  return number.sid;
}

async function heard<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (thrown) {
    throw carrierFailure(thrown).error;
  }
}
