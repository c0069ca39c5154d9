import type { CoreState } from './call-state.ts';

/** From the caller's leaving, as the gateway saw it, to the carrier's word that the call is over. */
export const afterHangUpMs = 30_000;
/** The same from an answer that hangs up: its last words are spoken first. */
export const afterGoodbyeMs = 60_000;
export const adoptedEveryMs = 180_000;
/** A status that never arrived must not keep a call alive; asking seldom keeps its history short. */
export const otherwiseEveryMs = 900_000;

/** When the carrier is asked next whether this call still lives, given when it was asked last (or the call began). */
export function nextCheckAtMs({ callerHungUp, leavingAtMs, phase }: CoreState, lastCheckAtMs: number): number {
  if (leavingAtMs !== undefined) {
    const patienceMs = callerHungUp ? afterHangUpMs : afterGoodbyeMs;
    return Math.max(leavingAtMs, lastCheckAtMs) + patienceMs;
  }
  return lastCheckAtMs + (phase === 'adopted' ? adoptedEveryMs : otherwiseEveryMs);
}
