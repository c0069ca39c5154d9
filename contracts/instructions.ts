import type { DegradedPlan } from './degraded-plan.ts';
import type { LanguageTag } from './languages.ts';

/** Spoken text with everything that a carrier needs to speak it. */
export interface Speech {
  text: string;
  voiceId: string;
  language: LanguageTag;
}

/**
 * What the carrier does next, in no carrier's words; `telephony/` renders it. Instructions run in order. `collectDigits`,
 * `assistant`, `dial` and `voicemail` wait and then ask us again; `hangUp` and `reject` end the call; after any other
 * last instruction the carrier asks us again as well.
 */
export type Instruction =
  | { type: 'say'; speech: Speech }
  | { type: 'pause'; lengthMs: number }
  | { type: 'collectDigits'; prompt?: Speech; maxDigits: number; finishOnKey: string; timeoutMs: number }
  | { type: 'assistant'; nodeId: string; assistantId: string }
  | { type: 'dial'; phoneNumber: string; timeoutS: number }
  | { type: 'voicemail'; prompt: Speech; maxLengthS: number }
  | { type: 'degraded'; plan: DegradedPlan }
  | { type: 'hangUp'; lastWords?: Speech }
  | { type: 'reject'; reason: 'busy' | 'rejected' };

/** The gateway that shall take a call's stream, as the `gateways` table publishes it. */
export interface GatewayRef {
  gatewayId: string;
  /** Public `wss://` address of its media endpoint. */
  mediaUrl: string;
}

/** Where an `assistant` instruction streams to; becomes the signed token of the stream. */
export interface MediaAssignment {
  gateway: GatewayRef;
  epoch: number;
  nodeId: string;
  assistantVersionId: string;
}

/** The workflow's answer to one question of the carrier. */
export interface CallAnswer {
  /** Number of this answer: the callback that follows it carries the number and becomes the update `n-<number>`. */
  number: number;
  instructions: readonly Instruction[];
  /** Present exactly when an `assistant` instruction is among them. */
  media?: MediaAssignment;
}
