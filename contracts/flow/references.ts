import type { ToolDefinition } from '../tools.ts';
import type { Calendar } from './calendar/calendar.ts';
import type { PromptReference } from './compiled.ts';
import type { FlowDocument } from './document.ts';

/** What a flow refers to by id, as far as it is to be had. */
export interface FlowReferences {
  assistants: Readonly<Record<string, AssistantReference>>;
  prompts?: Readonly<Record<string, PromptReference>>;
  calendars?: Readonly<Record<string, Calendar>>;
  queues?: Readonly<Record<string, { name: string }>>;
  /** People who take calls, by id. */
  agents?: Readonly<Record<string, { name: string }>>;
  tools?: Readonly<Record<string, ToolDefinition>>;
  flows?: Readonly<Record<string, FlowReference>>;
}

export interface AssistantReference {
  outcomes: readonly { name: string }[];
  /** Its own; absent where nobody has said. */
  tools?: readonly { name: string }[];
}

/** Another flow, which a `subflow` node may enter. */
export interface FlowReference {
  /** Absent where it was never published. */
  liveVersion?: number;
  versions: Readonly<Record<number, FlowDocument>>;
}
