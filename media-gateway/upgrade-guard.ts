import { verifyTwilioSignature } from '../telephony/signature.ts';
import { within } from './session/within.ts';

export interface UpgradeGuardDeps {
  /** The address in our TwiML, exactly: the carrier signs it, whatever a proxy makes of it. */
  publicUrl: string;
  /** The tenant's auth token for an account; undefined where it has none. Rejects where it cannot be read. */
  authToken: (tenantId: string, accountSid: string) => Promise<string | undefined>;
  nowMs: () => number;
}

export interface Upgrade {
  tenantId: string;
  accountSid: string;
  signature: string | undefined;
}

const FRESH_MS = 60_000;
const MAX_KEPT = 10_000;
/** A database that says nothing keeps a caller waiting for so long, and for less where the token is known. */
const WAIT_MS = 1000;
const WAIT_KNOWN_MS = 250;

/** Verifies the signature of a stream's upgrade; undefined where the account's token is out of reach and was never seen. */
export function createUpgradeGuard({ publicUrl, authToken, nowMs }: UpgradeGuardDeps) {
  const kept = new Map<string, { token: string | undefined; atMs: number }>();

  const read = async (
    tenantId: string,
    accountSid: string,
    anew: boolean,
  ): Promise<{ token: string | undefined } | undefined> => {
    const name = `${tenantId}/${accountSid}`;
    const known = kept.get(name);
    if (known && !anew && nowMs() - known.atMs < FRESH_MS) return known;
    const reading = authToken(tenantId, accountSid).then((token) => {
      const found = { token, atMs: nowMs() };
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(name, found);
      return found;
    });
    return within(
      reading.catch(() => known),
      known ? WAIT_KNOWN_MS : WAIT_MS,
      known,
    );
  };
  return async ({ tenantId, accountSid, signature }: Upgrade): Promise<boolean | undefined> => {
    const isSignedBy = (token: string | undefined): boolean => {
      return token !== undefined && verifyTwilioSignature({ url: publicUrl, signature }, token);
    };
    const known = await read(tenantId, accountSid, false);
    if (!known) return signature === undefined ? false : undefined;
    if (isSignedBy(known.token)) return true;
    // A token that was rotated a moment ago.
    const renewed = signature === undefined ? known : await read(tenantId, accountSid, true);
    return isSignedBy(renewed?.token);
  };
}
