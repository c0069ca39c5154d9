/** States of calls that began under another engine. */
import type { JsonObject } from '../tools.ts';
import type { CompiledFlow } from './compiled.ts';
import { type FlowState, initialFlowState, stateVersion } from './state.ts';

/** The first engine's state: no facts, no subflows, no times. */
export interface OldFlowState {
  stateVersion: 1;
  phase: 'new' | 'waiting' | 'ended';
  nodeId?: string;
  language: string;
  vars: JsonObject;
  steps: number;
  visits: Readonly<Record<string, number>>;
  attempts: number;
}

/** What the engine takes a state for; `isLost` where it cannot be understood, and the call takes the fault path. */
export interface ReadState {
  state: FlowState;
  notes: readonly string[];
  isLost: boolean;
}

export function readState(flow: CompiledFlow, before: FlowState | OldFlowState): ReadState {
  switch (before.stateVersion) {
    case stateVersion:
      return { state: before, notes: [], isLost: false };
    case 1: {
      const { stateVersion: _older, ...kept } = before;
      const state = { ...initialFlowState(before.language), ...kept };
      return { state, notes: ['the state was made by an older engine and was brought up to date'], isLost: false };
    }
    default: {
      const state: FlowState = { ...initialFlowState(flow.languages[0] ?? ''), phase: 'waiting' };
      return { state, notes: [], isLost: true };
    }
  }
}
