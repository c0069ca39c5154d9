import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { GatewayActivities, GatewayCommand, WarmInput } from '../contracts/gateway.ts';
import type { GatewayLease } from './gateway-lease.ts';
import type { LiveCalls } from './live-calls.ts';
import type { OpenModel } from './session/open-model.ts';
import type { WarmModels } from './warm-models.ts';

export interface GatewayActivityDeps {
  calls: LiveCalls;
  warm: WarmModels;
  /** Opens the model session of a call that begins. */
  open: (input: WarmInput) => Promise<OpenModel>;
  isDraining: () => boolean;
  lease: Pick<GatewayLease, 'hold'>;
}

const MAX_REMEMBERED = 1000;

/** What the call's workflow asks of the gateway that holds it. */
export function createGatewayActivities({
  calls,
  warm,
  open,
  isDraining,
  lease,
}: GatewayActivityDeps): GatewayActivities {
  const done = new Set<string>();
  const isRepeated = (callId: string, { commandId }: GatewayCommand): boolean => {
    const name = `${callId} ${commandId}`;
    if (done.has(name)) return true;
    const [oldest] = done;
    if (done.size >= MAX_REMEMBERED && oldest !== undefined) done.delete(oldest);
    done.add(name);
    return false;
  };
  return {
    async warm(input) {
      // A later epoch has a memory, which is read when its stream is there.
      if (input.epoch === 1 && !isDraining() && !calls.get(input.callId)) warm.add(input, () => open(input));
    },
    async command({ callId, epoch, command }) {
      const session = calls.get(callId);
      if (session?.epoch !== epoch) {
        throw ApplicationFailure.nonRetryable('this gateway does not hold the call in this epoch', 'StaleEpoch');
      }
      if (!isRepeated(callId, command)) session.command(command);
    },
    holds: async ({ callId, epoch }) => calls.get(callId)?.epoch === epoch,
    holdLease() {
      const context = Context.current();
      return lease.hold({ beat: () => context.heartbeat(), cancelled: context.cancelled });
    },
  };
}
