import type { LanguageTag } from './languages.ts';

/**
 * What a caller gets when the call cannot be run as drawn. Steps are taken in order; `dial` ends the plan when it is
 * answered. When no process of ours is up, `voicemail` becomes its apology and a hang-up.
 */
export interface DegradedPlan {
  language: LanguageTag;
  voiceId: string;
  steps: readonly DegradedStep[];
}

export type DegradedStep =
  | { type: 'say'; text: string }
  | { type: 'dial'; phoneNumber: string; timeoutS: number }
  | { type: 'voicemail'; prompt: string; maxLengthS: number; apology: string };

/** Whether the carrier asks again after this step. */
const waits = (step: DegradedStep): boolean => step.type !== 'say';

/** What is left of a plan when its first waiting step is over; undefined where nothing is. */
export function afterFirstWait(plan: DegradedPlan): DegradedPlan | undefined {
  const index = plan.steps.findIndex(waits);
  const steps = index < 0 ? [] : plan.steps.slice(index + 1);
  return steps.length > 0 ? { ...plan, steps } : undefined;
}
