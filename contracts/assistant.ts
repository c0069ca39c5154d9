import type { LanguageTag } from './languages.ts';
import type { ToolDefinition } from './tools.ts';

/** How soon the assistant takes the turn after the caller's last word. */
export const latencyProfiles = ['fast', 'balanced', 'patient'] as const;
export type LatencyProfile = (typeof latencyProfiles)[number];

/** How a caller's voice is told from noise; `auto` asks the neural network where the light detection is unsure. */
export const voiceDetections = ['auto', 'light', 'neural'] as const;
export type VoiceDetection = (typeof voiceDetections)[number];

/** One immutable version of an assistant: all that a gateway needs to talk, without a database. */
export interface AssistantVersion {
  assistantId: string;
  versionId: string;
  version: number;
  name: string;
  systemPrompt: string;
  language: LanguageTag;
  model: {
    /** The vendor's current id, aliases resolved (`contracts/models.ts`). */
    modelId: string;
    /** Tried in order when the first is not to be had. */
    fallbackModelIds: readonly string[];
    latencyProfile: LatencyProfile;
    temperature?: number;
    /** Answers what the assistant's model finds hard, and gives the call back. */
    hardQuestions?: { modelId: string; description?: string };
  };
  voice: {
    /** As the tenant wrote it; speaks `<Say>`. */
    voiceId: string;
    /** The realtime model's own voice. */
    modelVoice: string;
    bargeIn: boolean;
    /** Whether a first "Hello?" may cut the greeting. */
    bargeInGreeting: boolean;
    /** Absent: `auto`. */
    voiceDetection?: VoiceDetection;
  };
  /** Spoken first; absent: the model greets in its own words. */
  greeting?: string;
  /** An instruction for the caller's first question. */
  onOpeningQuestion?: string;
  /** What becomes of a caller who says nothing; absent: asked twice after ten seconds each, then hung up. */
  silence?: { remindAfterMs: number; reminders: number };
  escalationKeywords: readonly string[];
  tools: readonly ToolDefinition[];
  /** What the caller may be asked to type and nobody but the flow gets to know. */
  sensitiveInputs?: readonly SensitiveInput[];
  /** Outcomes that the model may choose, beside the built-in ones. */
  outcomes: readonly { name: string; description: string }[];
  maxDurationMs: number;
  /** Of the node that it talks in: what it has learnt is wanted with the outcome that the model chooses. */
  returnsFacts?: boolean;
}

/** Digits that are told neither to the model nor to anybody who reads a call; a tool takes them as `{{sensitive.NAME}}`. */
export interface SensitiveInput {
  name: string;
  /** For the model: what it is and when it is needed. */
  description: string;
  minDigits: number;
  maxDigits: number;
  /** Ends the entry early; empty: none does. */
  endKey: '' | '*' | '#';
  /** How the caller is asked, word for word; absent: in the model's own words. */
  prompt?: string;
  /** Without a key for so long the entry is over. */
  timeoutMs: number;
}

/** How an assistant may leave its node: a declared outcome's name, or one of these. */
export const builtInOutcomes = ['ended', 'wantsHuman', 'escalation', 'silence', 'timeLimit', 'failed'] as const;
