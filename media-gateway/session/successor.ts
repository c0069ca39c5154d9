import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.ts';
import type { GatewayRef } from '../../contracts/instructions.ts';
import type { CallLine } from './session-deps.ts';

/** Whether the gateway that is to follow hears the caller; where not, the log says why, unless the call is over. Never rejects. */
export async function askSuccessor(
  line: Pick<CallLine, 'prepareHandover'>,
  successor: GatewayRef,
  log: Logger,
): Promise<boolean> {
  let reason = 'unanswered';
  try {
    const answer = await line.prepareHandover(successor);
    if (answer?.ready) return true;
    if (answer?.reason === 'not-streaming') return false;
    reason = answer?.reason ?? reason;
  } catch (failure) {
    reason = messageOf(failure);
  }
  log.warn({ successor: successor.gatewayId, reason }, 'nobody hears the caller while his call changes hands');
  return false;
}
