/**
 * Decides whether a stream is let in: its token, its signature, and the one stream that an epoch may have.
 *
 * Invariants:
 * M1 A token and a signature are checked before anything that others can see is done.
 * M2 The call's workflow and the database each accept an epoch for one stream only. Either alone suffices while the
 *    other is away; a refusal of either one, or silence of both, refuses the stream.
 *    Nobody waits long for the second of two that has nothing to add.
 * M3 Refusals name their reason in words without personal data.
 */
import type { Logger } from 'pino';
import type { AssistantVersion } from '../contracts/assistant.ts';
import { AppError, messageOf } from '../contracts/errors.ts';
import type { AttachAnswer, AttachInput } from '../contracts/messages.ts';
import type { StreamClaims, StreamTokenCheck } from '../telephony/stream-token.ts';
import type { StartMessage } from './carrier-messages.ts';
import type { SessionStart } from './session/session-deps.ts';
import { within } from './session/within.ts';

export interface CallRef {
  tenantId: string;
  callId: string;
}

export interface AdmissionDeps {
  gatewayId: string;
  verifyToken: (token: string) => StreamTokenCheck;
  /** Whether one of the tenant's tokens for this account signed the upgrade; undefined where that cannot be known now. */
  verifySignature: (signer: {
    tenantId: string;
    accountSid: string;
    signature: string | undefined;
  }) => Promise<boolean | undefined>;
  /** Undefined where the workflow does not answer in time. */
  attach: (call: CallRef, input: AttachInput) => Promise<AttachAnswer | undefined>;
  /** Whether the epoch is this stream's now. Rejects where the database is away. */
  claimEpoch: (
    claim: CallRef & { epoch: number; streamSid: string; gatewayId: string; atMs: number },
  ) => Promise<boolean>;
  /** Milliseconds since admission, from the database; undefined where it is unknown. */
  ageOf: (call: CallRef) => Promise<number | undefined>;
  /** When that moment on Temporal's clock, of which we have heard just now, was on ours. */
  dateOf: (serverMs: number) => number;
  assistantVersion: (tenantId: string, versionId: string) => Promise<AssistantVersion | undefined>;
  /** Monotonic. */
  nowMs: () => number;
  log: Logger;
}

export interface Admitted {
  readonly start: SessionStart;
  readonly allowedPrivateHosts: readonly string[];
}

export type Admission = (message: StartMessage, signature: string | undefined) => Promise<Admitted>;

const CLAIM_WITHIN_MS = 300; // the caller hears nothing meanwhile, and the call itself has accepted the stream
const CLAIM_AFTER_MS = 300; // the workflow's clock is better than the database's, but not worth a longer wait

/** Rejects with `stream-refused` or `stale-epoch`. */
export function createAdmission(deps: AdmissionDeps): Admission {
  return async ({ start, streamSid }, signature) => {
    const claims = claimsOf(deps, start.customParameters['token']);
    await checkSignature(deps, claims, start.accountSid, signature);
    const { tenantId, callId, epoch } = claims;
    const call = { tenantId, callId };
    const { gatewayId, nowMs } = deps;
    const attaching = deps.attach(call, { epoch, streamId: streamSid, gatewayId }).catch((failure: unknown) => {
      deps.log.warn({ callId, reason: messageOf(failure) }, 'attach failed');
      return undefined;
    });
    const claiming = claim(deps, claims, streamSid, attaching);
    const attached = await attaching;
    const answeredMs = attached?.accepted && attached.atMs !== undefined ? deps.dateOf(attached.atMs) : nowMs();
    const claimed = await (attached?.accepted ? within(claiming, CLAIM_WITHIN_MS, undefined) : claiming);
    if (attached?.accepted === false)
      throw new AppError('stale-epoch', `the call does not take this stream: ${attached.reason}`);
    if (claimed === false) throw new AppError('stale-epoch', 'the epoch belongs to another stream');
    if (attached === undefined && claimed === undefined) {
      throw new AppError('stream-refused', 'neither the workflow nor the database answers');
    }
    if (!attached) return fromToken(deps, claims);
    return fromWorkflow(claims, { ...attached, clockMs: attached.clockMs + nowMs() - answeredMs });
  };
}

function claimsOf({ verifyToken, gatewayId }: AdmissionDeps, token: string | undefined): StreamClaims {
  if (token === undefined) throw new AppError('stream-refused', 'no token');
  const check = verifyToken(token);
  if (!check.ok) throw new AppError('stream-refused', `token ${check.reason}`);
  if (check.claims.gatewayId !== gatewayId) throw new AppError('stream-refused', 'token of another gateway');
  return check.claims;
}

/** Rejects where the account has not signed the upgrade. */
export async function checkSignature(
  { verifySignature, log }: Pick<AdmissionDeps, 'verifySignature' | 'log'>,
  { tenantId, callId }: CallRef,
  accountSid: string,
  signature: string | undefined,
): Promise<void> {
  const verified = await verifySignature({ tenantId, accountSid, signature });
  if (verified === false) throw new AppError('stream-refused', 'upgrade not signed by the account');
  // The token is ours and unforgeable; the account's own secret is out of reach while the database is.
  if (verified === undefined) log.warn({ callId }, 'stream admitted by its token alone');
}

async function claim(
  { claimEpoch, ageOf, gatewayId, log }: AdmissionDeps,
  { tenantId, callId, epoch }: StreamClaims,
  streamSid: string,
  attaching: Promise<AttachAnswer | undefined>,
): Promise<boolean | undefined> {
  try {
    const attached = await within(attaching, CLAIM_AFTER_MS, undefined);
    const atMs = attached?.accepted ? attached.clockMs : ((await ageOf({ tenantId, callId })) ?? 0);
    return await claimEpoch({ tenantId, callId, epoch, streamSid, gatewayId, atMs });
  } catch (failure) {
    log.warn({ callId, reason: messageOf(failure) }, 'epoch not claimed');
    return undefined;
  }
}

function fromWorkflow(
  { tenantId, callId, epoch }: StreamClaims,
  attached: Extract<AttachAnswer, { accepted: true }>,
): Admitted {
  const { accepted: _, atMs: __, allowedPrivateHosts, ...rest } = attached;
  return { start: { tenantId, callId, epoch, ...rest }, allowedPrivateHosts };
}

/** Without the workflow the token names the settings; what was said before is taken as said to this assistant. */
async function fromToken({ assistantVersion, ageOf }: AdmissionDeps, claims: StreamClaims): Promise<Admitted> {
  const { tenantId, callId, epoch, nodeId, assistantVersionId } = claims;
  const assistant = await assistantVersion(tenantId, assistantVersionId);
  if (!assistant) throw new AppError('stream-refused', 'the assistant version of the token does not exist');
  const clockMs = (await ageOf({ tenantId, callId })) ?? 0;
  const start = {
    tenantId,
    callId,
    epoch,
    nodeId,
    assistant,
    clockMs,
    resumed: epoch > 1,
    handedOver: false,
    vars: {},
  };
  return { start, allowedPrivateHosts: [] };
}
