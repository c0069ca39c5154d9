import { type FormFields, verifyTwilioSignature } from '../telephony/signature.ts';
import { createKeptLookup } from './kept-lookup.ts';

/** One tenant's claim to a carrier account, with the opened auth token. */
export interface AccountClaim {
  tenantId: string;
  authToken: string;
}

export interface AccountDirectoryDeps {
  /** All tenants that have stored a token for this account; what cannot be opened is left out. */
  claims: (accountId: string) => Promise<readonly AccountClaim[]>;
  nowMs: () => number;
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
}

const freshMs = 60_000;
/** A token that was changed a moment ago is found by one more look, at most this often. */
const rotationMs = 5000;
/** The same for a tenant that has joined the account a moment ago. */
const joinedMs = 100;

export function createAccountDirectory({ claims, nowMs }: AccountDirectoryDeps): AccountDirectory {
  const kept = createKeptLookup({ load: async (id) => present(await claims(id)), nowMs, freshMs, waitMs: 200 });
  return {
    verify: async ({ accountId, isAbout, ...request }) => {
      if (!/^AC[0-9a-fA-F]{32}$/.test(accountId)) return { ok: false, reason: 'account-unknown' };
      const known = await kept.get(accountId);
      if (!known) return { ok: false, reason: 'account-unknown' };
      const signers = signersAmong(known, request);
      if (signers.length > 0 && (await isAbout(signers))) return { ok: true, tenantIds: signers };
      const minAgeMs = signers.length > 0 ? joinedMs : rotationMs;
      const renewed = signersAmong((await kept.renew(accountId, minAgeMs)) ?? [], request);
      return renewed.length > 0 ? { ok: true, tenantIds: renewed } : { ok: false, reason: 'signature-invalid' };
    },
  };
}

function present(claims: readonly AccountClaim[]): readonly AccountClaim[] | undefined {
  return claims.length > 0 ? claims : undefined;
}

function signersAmong(claims: readonly AccountClaim[], request: Omit<SignedForm, 'accountId' | 'isAbout'>): string[] {
  return claims.filter(({ authToken }) => verifyTwilioSignature(request, authToken)).map(({ tenantId }) => tenantId);
}
