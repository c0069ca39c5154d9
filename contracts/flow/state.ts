import type { Json } from '../tools.ts';
import type { Instruction } from '../instructions.ts';

/** Where a call stands in its flow: small JSON that survives continue-as-new. */
export interface FlowState {
  stateVersion: 1;
  phase: 'new' | 'waiting' | 'ended';
  /** The node that waits for an event; absent before the start and after the end. */
  nodeId?: string;
  language: string;
  vars: Readonly<Record<string, Json>>;
  /** Nodes entered so far in this call. */
  steps: number;
  /** Visits of each node since the caller last did something or time passed. */
  visits: Readonly<Record<string, number>>;
  /** Attempts so far at the node that waits. */
  attempts: number;
}

/** What has happened outside, as the engine sees it. */
export type FlowEvent =
  | { type: 'started' }
  /** The carrier did what it was told and nothing needs to be known of it. */
  | { type: 'done' }
  | { type: 'digits'; digits: string }
  | { type: 'assistantLeft'; outcome: string }
  | { type: 'hungUp' };

/** One step of the ledger: complete enough to explain and to replay it. */
export interface Decision {
  step: number;
  nodeId: string;
  nodeType: string;
  outcome: string;
  /** The node that follows, or how the flow ended. */
  wentTo: string;
  /** Edge taken, or the reason why a default was. */
  rule: 'edge' | 'fault-edge' | 'degraded-plan' | 'waits' | 'end';
  detail?: string;
}

export interface Advance {
  state: FlowState;
  instructions: readonly Instruction[];
  decisions: readonly Decision[];
}
