import { type FormFields, verifyTwilioSignature } from '../telephony/signature.ts';
import type { SealedCredential } from '../db/provider-credentials.ts';
import { createKeptLookup } from './kept-lookup.ts';

/** One tenant's claim to a carrier account, opened for one use. */
export interface AccountClaim {
  tenantId: string;
  authToken: string;
}

export interface AccountDirectoryDeps {
  /** The sealed tokens of all tenants that have stored one for this account; so they are kept. */
  claims: (accountId: string) => Promise<readonly SealedCredential[]>;
  /** Undefined where it cannot be opened. */
  open: (claim: SealedCredential) => Promise<AccountClaim | undefined>;
  nowMs: () => number;
  /** Hears that tokens were served from memory, since the database is away or slow. */
  onKept?: () => void;
}

export interface SignedForm {
  accountId: string;
  url: string;
  signature: string;
  fields: FormFields;
  /** Whether whom the request is about is among these tenants; where not, the account's tenants are looked up once more. */
  isAbout: (tenantIds: readonly string[]) => Promise<boolean>;
}

export type Verdict =
  | { ok: true; tenantIds: readonly string[] }
  | { ok: false; reason: 'account-unknown' | 'signature-invalid' };

export interface AccountDirectory {
  /**
   * Which tenants a request can come from: those whose token for the account signed it. Somebody else's account with a
   * token of one's own proves one's own tenant only.
   */
  verify(form: SignedForm): Promise<Verdict>;
  /** Looks an account up for later, unless that was done a moment ago. */
  learn(accountId: string): Promise<void>;
  /** How many accounts are kept in memory. */
  size(): number;
}

const freshMs = 60_000;
/** A token that was changed a moment ago is found by one more look, at most this often. */
const rotationMs = 5000;

export function createAccountDirectory({ claims, open, nowMs, onKept }: AccountDirectoryDeps): AccountDirectory {
  const kept = createKeptLookup({ load: async (id) => present(await claims(id)), nowMs, freshMs, waitMs: 200, onKept });
  const signersAmong = async (sealed: readonly SealedCredential[], form: SignedRequest): Promise<string[]> => {
    const opened = await Promise.all(sealed.map(open));
    return opened.flatMap((claim) => (claim && verifyTwilioSignature(form, claim.authToken) ? [claim.tenantId] : []));
  };
  return {
    learn: async (accountId) => void (await kept.renew(accountId, freshMs)),
    size: () => kept.size(),
    verify: async ({ accountId, isAbout, ...request }) => {
      if (!/^AC[0-9a-fA-F]{32}$/.test(accountId)) return { ok: false, reason: 'account-unknown' };
      const known = await kept.get(accountId);
      if (!known) return { ok: false, reason: 'account-unknown' };
      const signers = await signersAmong(known, request);
      if (signers.length > 0 && (await isAbout(signers))) return { ok: true, tenantIds: signers };
      // Somebody has signed: a tenant that has just joined the account is not refused because a look at it takes long.
      const newer = signers.length > 0 ? kept.getAnew(accountId) : kept.renew(accountId, rotationMs);
      const renewed = await signersAmong((await newer) ?? [], request);
      return renewed.length > 0 ? { ok: true, tenantIds: renewed } : { ok: false, reason: 'signature-invalid' };
    },
  };
}

type SignedRequest = Omit<SignedForm, 'accountId' | 'isAbout'>;

function present(claims: readonly SealedCredential[]): readonly SealedCredential[] | undefined {
  return claims.length > 0 ? claims : undefined;
}
