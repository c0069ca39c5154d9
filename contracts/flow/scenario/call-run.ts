/** What came of one call of a scenario. */
import type { Json, JsonObject } from '../../tools.ts';
import type { NotifyTarget } from '../effects.ts';
import type { Decision, EventDetail, FlowInstruction } from '../state.ts';
import type { FoundMachine } from './machine.ts';

/** Something that the caller heard. */
export interface Heard {
  /** As `path` names it. */
  node: string;
  text: string;
  /** A recorded prompt instead of words. */
  promptId?: string;
}

/** One stay at a node. */
export interface Stay {
  /** The node's id; of a subflow's node `flow@version/node`. */
  node: string;
  nodeType: string;
  /** How it was left; absent where the call ended in it. */
  outcome?: string;
  wentTo?: string;
  because?: string;
  /** What the caller or the world did while the call was there. */
  events: readonly string[];
  enteredAtMs: number;
  leftAtMs: number;
}

/** One event as it came, and what the call was waiting for when it did. */
export interface Happened {
  event: EventDetail;
  /** Since the call began to wait. */
  afterMs: number;
  atMs: number;
  /** Absent before the beginning. */
  waitedFor?: FlowInstruction;
  /** What followed from it. */
  instructions: readonly FlowInstruction[];
}

export interface CallRun {
  startedAtMs: number;
  endedAtMs: number;
  timeZone: string;
  happened: readonly Happened[];
  /** The machine that took the call after all that happened. */
  machine?: FoundMachine;
  decisions: readonly Decision[];
  stays: readonly Stay[];
  heard: readonly Heard[];
  /** How the call is recorded; absent where it did not end. */
  outcome?: string;
  language: string;
  variables: JsonObject;
  tags: readonly string[];
  toolCalls: readonly { toolId: string; args: JsonObject }[];
  messages: readonly { to: string; text: string }[];
  notices: readonly { to: NotifyTarget; text: string }[];
  /** What the scenario fails to say, so that the call could not go on. */
  missing?: string;
}

/** Values as people write them in a scenario. */
export function written(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
