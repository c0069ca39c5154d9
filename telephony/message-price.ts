/** What the carrier takes for a text message. */
export interface MessagePrice {
  /** Integer millionths of the currency. */
  amountMillionths: number;
  /** ISO 4217. */
  currency: string;
  segments: number;
}

/**
 * Twilio writes a price as what it takes from the account, such as `-0.05640`, in the currency `price_unit`, and `null` until
 * it knows (twilio.com/docs/messaging/api/message-resource). Undefined while there is none.
 */
export function messagePrice({
  price,
  priceUnit,
  numSegments,
}: {
  price: string | null;
  priceUnit: string | null;
  numSegments: string | null;
}): MessagePrice | undefined {
  const amountMillionths = 0 - Math.round(Number(price) * 1_000_000);
  const currency = priceUnit?.toUpperCase() ?? '';
  if (price === null || price === '' || !(amountMillionths >= 0) || !/^[A-Z]{3}$/.test(currency)) return undefined;
  const segments = Number(numSegments);
  return { amountMillionths, currency, segments: Number.isSafeInteger(segments) && segments > 0 ? segments : 1 };
}
