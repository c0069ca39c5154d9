/** What goes into the engine and what comes out of it. */
import type { Instruction } from '../instructions.ts';
import type { LanguageTag } from '../languages.ts';
import type { Json, JsonObject, ToolStatus } from '../tools.ts';
import type { Effect } from './effects.ts';

export const stateVersion = 2;

/** Where a call stands in its flow: JSON of at most 32 kB that survives continue-as-new. */
export interface FlowState {
  stateVersion: typeof stateVersion;
  phase: 'new' | 'waiting' | 'ended';
  /** The language that the caller is spoken to in. */
  language: LanguageTag;
  /** What is known of the call and stays as it is: `call.*`, `caller.*`, `contact.*`, `queue.*`. */
  facts: Facts;
  /** `vars.*` of the flow or subflow that runs. */
  vars: JsonObject;
  /** The node that waits for an event; absent before the start and after the end. */
  nodeId?: string;
  /** Number of the step in which that node was entered; names the stay. */
  visit: number;
  enteredAtMs: number;
  /** Attempts so far at the node that waits. */
  attempts: number;
  /** What that node has to remember between two events. */
  memory: JsonObject;
  /** The subflow that runs, as a key of the flow's `subflows`; absent in the flow itself. */
  subflow?: string;
  /** The flows that wait for a subflow to return, outermost first. */
  callers: readonly WaitingFlow[];
  /** Nodes entered so far in this call. */
  steps: number;
  /** Visits of each node since the caller last did something or time passed. */
  visits: Readonly<Record<string, number>>;
  /** How often a guard has ended the flow's way; the second time it is the degraded plan's turn. */
  guarded: number;
  tags: readonly string[];
  /** Time of the last event. */
  atMs: number;
}

/** A call that has not begun. */
export function initialFlowState(language: LanguageTag): FlowState {
  return {
    stateVersion,
    phase: 'new',
    language,
    facts: { call: {}, caller: {}, contact: {}, queue: {} },
    vars: {},
    visit: 0,
    enteredAtMs: 0,
    attempts: 0,
    memory: {},
    callers: [],
    steps: 0,
    visits: {},
    guarded: 0,
    tags: [],
    atMs: 0,
  };
}

export interface Facts {
  call: JsonObject;
  caller: JsonObject;
  contact: JsonObject;
  queue: JsonObject;
}

/** A flow that waits at a `subflow` node. */
export interface WaitingFlow {
  subflow?: string;
  nodeId: string;
  visit: number;
  enteredAtMs: number;
  vars: JsonObject;
}

/** What has happened outside, as the engine sees it. */
export type FlowEvent = EventDetail & {
  /** Milliseconds since 1970. */
  atMs: number;
  /** The stay that an effect's answer belongs to. */
  visit?: number;
};

export type EventDetail =
  /** `contactMissing`: why nobody could say who calls, where a tool was to. */
  | { type: 'started'; call?: JsonObject; caller?: JsonObject; contact?: JsonObject; contactMissing?: string }
  /** The carrier did what it was told and nothing needs to be known of it. */
  | { type: 'done' }
  | { type: 'digits'; digits: string }
  | { type: 'speech'; text: string }
  | { type: 'assistantLeft'; outcome: string; data?: JsonObject }
  | { type: 'dialEnded'; status: 'completed' | 'busy' | 'no-answer' | 'declined' | 'failed' | 'canceled' }
  | { type: 'voicemailLeft'; recordingId?: string; durationS: number }
  | { type: 'toolAnswered'; status: ToolStatus; httpStatus?: number; data?: Json }
  | { type: 'smsEnded'; status: 'sent' | 'failed' }
  | { type: 'queueEnded'; outcome: string; facts?: JsonObject }
  | { type: 'agentEnded'; outcome: 'served' | 'noAnswer' | 'declined' | 'offline' }
  | { type: 'callbackPlanned'; outcome: 'scheduled' | 'refused' | 'invalid' }
  | { type: 'staffing'; agentsReady: number; waiting: number; estimatedWaitS: number }
  /** Who was asked has failed or is gone; the node takes its outcome `failed`, or the fault path. */
  | { type: 'unanswered'; why: string }
  | { type: 'hungUp' };

/**
 * One step of the ledger, for people and for replay. What came in stands in the first decision that an event led to;
 * sensitive values are masked everywhere in it.
 */
export interface Decision {
  step: number;
  nodeId: string;
  nodeType: string;
  /** The subflow that the node belongs to. */
  subflow?: string;
  event?: JsonObject;
  outcome: string;
  /** The node that follows, or how the flow ended. */
  wentTo: string;
  rule: 'edge' | 'fault-edge' | 'degraded-plan' | 'waits' | 'ignored' | 'subflow' | 'return' | 'end';
  /** The variables that were looked at. */
  known?: JsonObject;
  /** The variables under `vars` that got another value, and which; null: they have none any more. */
  set?: JsonObject;
  /** Why this outcome. */
  because?: string;
  /** What else the node might have done, and why it did not. */
  lost?: readonly { rule: string; because: string }[];
  /** What else ought to be known: what was cut, missing, migrated. */
  notes?: readonly string[];
  /** Since the node was entered. */
  durationMs: number;
  atMs: number;
}

/** What the engine wants done, in order; the plan behind `degraded` is the number's own. */
export type FlowInstruction = Exclude<Instruction, { type: 'degraded' }> | { type: 'degraded' } | Effect;

export interface Advance {
  state: FlowState;
  instructions: readonly FlowInstruction[];
  decisions: readonly Decision[];
  /** For each decision, how many of the instructions had been given when it was made: those before it are its node's. */
  givenBy: readonly number[];
}
