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
