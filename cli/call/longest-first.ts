import type { CallerStep, Scenario } from '../../simulator/scenarios/scenario.ts';

/** A sentence of the caller's, and the answer that he waits for. */
const sayMs = 2_500;
const answerMs = 4_000;

/** Scenarios by how long their calls are likely to last, so that calls side by side end at about the same time. */
export function longestFirst(scenarios: readonly Scenario[]): Scenario[] {
  return scenarios.toSorted((one, other) => likelyMs(other) - likelyMs(one));
}

function likelyMs({ caller, callee, likelyMs: told }: Scenario): number {
  if (told !== undefined) return told;
  const ringsMs = callee?.answerAfterMs ?? 0;
  return caller.reduce((sum, step) => sum + stepMs(step), ringsMs);
}

function stepMs(step: CallerStep): number {
  if ('waitForQuiet' in step) return step.waitForQuiet + answerMs;
  if ('waitForSpeech' in step) return step.plusMs ?? 0;
  if ('pauseMs' in step) return step.pauseMs;
  if ('waitForHangUp' in step) return step.timeoutMs ? step.timeoutMs / 2 : answerMs;
  return 'hangUp' in step ? 0 : sayMs;
}
