import type { DegradedPlan } from './degraded-plan.ts';
import type { LanguageTag } from './languages.ts';
import type { JsonObject } from './tools.ts';

/** Spoken text with everything that a carrier needs to speak it. */
export interface Speech {
  text: string;
  voiceId: string;
  language: LanguageTag;
}

/** A recorded prompt of the tenant's. */
export interface AudioPrompt {
  promptId: string;
  audioId: string;
  durationMs: number;
}

/** What the caller hears without being asked. */
export type Spoken = ({ type: 'say'; speech: Speech } | { type: 'play'; audio: AudioPrompt }) & {
  /** An answer to the question that follows at once cuts it short. */
  mayBeInterrupted?: boolean;
};

/** Asks for keys, words or both; whatever comes first is the answer. */
export interface GatherInstruction {
  type: 'gather';
  input: 'digits' | 'speech' | 'both';
  prompts: readonly Spoken[];
  maxDigits: number;
  /** Empty: no key ends the input. */
  finishOnKey: string;
  /** Silence after which the answer is empty. */
  timeoutMs: number;
  /** Nobody may hear what comes: a recording of the call is paused. */
  sensitive?: true;
  /** Where words are taken. */
  speech?: { language: LanguageTag; hints: readonly string[] };
}

/** Where a call is put through to. */
export type DialTarget = { phoneNumber: string } | { sipUri: string };

export interface DialInstruction {
  type: 'dial';
  to: DialTarget;
  timeoutS: number;
  /** Absent: the number that was called. */
  callerId?: string;
}

/**
 * What the carrier does next, in no carrier's words; `telephony/` renders it. Instructions run in order. `gather`,
 * `wait`, `assistant`, `dial` and `voicemail` wait and then ask us again; `hangUp` and `reject` end the call; after any
 * other last instruction the carrier asks us again as well.
 */
export type Instruction =
  | Spoken
  | { type: 'pause'; lengthMs: number }
  /** Holds the caller for a time, with music or in silence. */
  | { type: 'wait'; durationMs: number; music?: AudioPrompt }
  | GatherInstruction
  | AssistantInstruction
  | DialInstruction
  | { type: 'voicemail'; prompts: readonly Spoken[]; maxLengthS: number; finishOnKey: string }
  | { type: 'degraded'; plan: DegradedPlan }
  | { type: 'hangUp'; lastWords?: Speech }
  | { type: 'reject'; reason: 'busy' | 'rejected' };

export interface AssistantInstruction {
  type: 'assistant';
  nodeId: string;
  assistantId: string;
  /** What the flow tells the assistant beside its variables. */
  inputs?: JsonObject;
  /** Names of the tools that it may use here; absent: all of its own. */
  tools?: readonly string[];
  /** Shorter than the assistant's own. */
  maxDurationMs?: number;
  /** Ways out of this node beside the assistant's own. */
  outcomes?: readonly { name: string; description: string }[];
  /** The flow takes what the assistant has learnt. */
  returnsFacts?: true;
}

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
