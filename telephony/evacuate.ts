import { AppError } from '../contracts/errors.ts';
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import type { VoiceProvider } from '../contracts/voice-provider.ts';
import { inlineDegradedTwiml } from './degraded-twiml.ts';

export interface EvacuatedCall {
  callId: string;
  degradedPlan: DegradedPlan;
}

export interface Evacuation {
  liveCalls: readonly EvacuatedCall[];
  provider: Pick<VoiceProvider, 'sendEvent'>;
  /** Longest time for all of them together, in milliseconds from now. */
  deadlineMs: number;
}

export interface EvacuationCounts {
  /** Are with their degraded plan now. */
  redirected: number;
  /** Had ended already. */
  ended: number;
  failed: number;
  /** Were not asked, or not heard of, before the deadline. */
  unreached: number;
}

const atOnce = 20;

/**
 * Leaves every live call with that part of its degraded plan which needs no process of ours. Returns at the deadline at
 * the latest and never throws: whoever calls it is about to stop.
 */
export async function evacuateCalls({ liveCalls, provider, deadlineMs }: Evacuation): Promise<EvacuationCounts> {
  const counts = { redirected: 0, ended: 0, failed: 0 };
  const waiting = liveCalls.values();
  let over = false;

  async function work(): Promise<void> {
    for (const { callId, degradedPlan } of waiting) {
      if (over) return;
      const end = await redirect(provider, callId, degradedPlan);
      if (!over) counts[end] += 1;
    }
  }

  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  await Promise.race([deadline, Promise.all(Array.from({ length: atOnce }, work))]);
  clearTimeout(timer);
  over = true;
  return { ...counts, unreached: liveCalls.length - counts.redirected - counts.ended - counts.failed };
}

async function redirect(
  provider: Evacuation['provider'],
  callId: string,
  plan: DegradedPlan,
): Promise<'redirected' | 'ended' | 'failed'> {
  try {
    await provider.sendEvent(callId, { type: 'redirectInline', document: inlineDegradedTwiml(plan) });
    return 'redirected';
  } catch (failure) {
    return failure instanceof AppError && (failure.code === 'call-ended' || failure.code === 'call-unknown')
      ? 'ended'
      : 'failed';
  }
}
