import { connectNumber } from '../../telephony/connect-number.ts';
import { createTwilioClient, type TwilioClient } from '../../telephony/twilio-client.ts';
import type { Config } from '../../contracts/config.ts';

export interface OwnedNumber {
  account: { accountId: string; authToken: string };
  phoneNumber: string;
  /** Whether a number that the account lacks is bought: on the simulated network that costs nothing. */
  buy: boolean;
}

/** Leads a number of the carrier's to this product, as its configuration names it. */
export async function ownNumber(config: Config, { account, phoneNumber, buy }: OwnedNumber): Promise<void> {
  const client = createTwilioClient(account, { baseUrl: config.TWILIO_BASE_URL, timeoutMs: config.CARRIER_TIMEOUT_MS });
  if (buy) await buyWhereMissing(client, phoneNumber);
  await connectNumber({
    client,
    phoneNumber,
    publicUrl: config.PUBLIC_URL,
    fallbackPublicUrl: config.FALLBACK_PUBLIC_URL,
  });
}

async function buyWhereMissing(client: TwilioClient, phoneNumber: string): Promise<void> {
  const [owned] = await client.incomingPhoneNumbers.list({ phoneNumber, limit: 1 });
  if (!owned) await client.incomingPhoneNumbers.create({ phoneNumber });
}
