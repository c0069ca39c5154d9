/** A published flow as the engine walks it: plain JSON that travels as a call's start argument. */
import type { LanguageTag, LocalizedText } from '../languages.ts';
import type { Json, ToolDefinition } from '../tools.ts';
import type { MachineDetection } from '../voice-provider.ts';
import type { Calendar } from './calendar/calendar.ts';
import type { Template } from './template/template.ts';
import type { VariableDeclaration } from './variables.ts';

/** Text as it stands, or what has to be filled in. */
export type CompiledPart = string | { template: Template };
export type CompiledText = CompiledPart | { languages: Readonly<Record<LanguageTag, CompiledPart>> };
export type CompiledWords = CompiledText | { promptId: string };

/** A value that a node hands on: as written, copied from a variable, or made of a template. */
export type CompiledValue =
  | { literal: Json }
  | { path: string }
  | { text: CompiledText }
  | { fields: Readonly<Record<string, CompiledValue>> }
  | { items: readonly CompiledValue[] };

/** What all compiled nodes have; the rest is their spec's own. */
export interface CompiledNode {
  type: string;
  /** Where each outcome leads; what is not here takes the fault path. */
  edges: Readonly<Record<string, string>>;
  /** What it is told stays out of the ledger. */
  sensitive?: boolean;
}

/** One flow, or one version of a subflow. */
export interface CompiledGraph {
  start: string;
  fault?: string;
  languages: readonly LanguageTag[];
  voiceId: LocalizedText;
  /** For dates in texts. */
  timeZone: string;
  /** `vars.*` by name. */
  variables: Readonly<Record<string, VariableDeclaration>>;
  /** `contact.*` by name. */
  contact: Readonly<Record<string, VariableDeclaration>>;
  nodes: Readonly<Record<string, CompiledNode>>;
}

export interface CompiledFlow extends CompiledGraph {
  compiledVersion: 1;
  name: string;
  voicemailMessage?: CompiledText;
  machineDetection?: MachineDetection;
  /** By `flowId@version`. */
  subflows: Readonly<Record<string, CompiledGraph>>;
  /** By id, with all that a call needs of them. */
  prompts: Readonly<Record<string, PromptReference>>;
  tools: Readonly<Record<string, ToolDefinition>>;
  calendars: Readonly<Record<string, Calendar>>;
}

/** An audio prompt that the tenant recorded: a file for each language. */
export interface PromptReference {
  audio: Readonly<Record<LanguageTag, { audioId: string; durationMs: number }>>;
}
