/** Whether a fork of a caller's audio is let in: by its token and its signature. It claims nothing and asks nobody. */
import type { Logger } from 'pino';
import { AppError } from '../contracts/errors.ts';
import { type ForkClaims, type ForkTokenCheck, forkParameter } from '../telephony/stream-token.ts';
import { type AdmissionDeps, checkSignature } from './admission.ts';
import type { StartMessage } from './carrier-messages.ts';

export interface ForkAdmissionDeps extends Pick<AdmissionDeps, 'gatewayId' | 'verifySignature'> {
  verifyToken: (token: string) => ForkTokenCheck;
  log: Logger;
}

export type ForkAdmission = (message: StartMessage, signature: string | undefined) => Promise<ForkClaims>;

export const isFork = ({ start }: StartMessage): boolean => Object.hasOwn(start.customParameters, forkParameter);

/** Rejects with `stream-refused`. */
export function createForkAdmission({ gatewayId, verifyToken, ...deps }: ForkAdmissionDeps): ForkAdmission {
  return async ({ start }, signature) => {
    const check = verifyToken(start.customParameters[forkParameter] ?? '');
    if (!check.ok) throw new AppError('stream-refused', `token of a fork ${check.reason}`);
    if (check.claims.gatewayId !== gatewayId) throw new AppError('stream-refused', 'fork of another gateway');
    await checkSignature(deps, check.claims, start.accountSid, signature);
    return check.claims;
  };
}
