import { type Machine, leftToMachine, machineDetectionOf } from '../answering-machine.ts';
import type { CompiledFlow } from '../compiled.ts';
import type { Advance, FlowEvent, FlowState } from '../state.ts';
import type { ScenarioCall } from './read-scenario.ts';
import type { Happening } from './world.ts';

/** A machine that the carrier finds on a call of ours. */
export interface FoundMachine {
  answeredBy: Machine;
  /** `sync`: before the flow begins; `async`: beside it. */
  found: 'sync' | 'async';
  atMs: number;
  getsMessage: boolean;
}

/** The end of a greeting, as the carrier waits for it. */
const greetingS = 5;

/** Undefined where a person takes the call, or the carrier does not look. */
export function machineOn(flow: CompiledFlow, { answeredBy, atMs }: ScenarioCall): FoundMachine | undefined {
  if (!answeredBy || answeredBy.who === 'human' || answeredBy.who === 'unknown') return undefined;
  const found = machineDetectionOf(flow, answeredBy.machineDetection);
  if (found === 'off') return undefined;
  return {
    answeredBy: answeredBy.who,
    found,
    atMs: found === 'sync' ? atMs : atMs + (answeredBy.afterS ?? greetingS) * 1000,
    getsMessage: answeredBy.onVoicemail !== 'hang-up',
  };
}

/** Whether it has the call by then, counted from `sinceMs`; what is never answered, such as how long an assistant would talk, it overtakes. */
export function hasTaken({ atMs }: FoundMachine, next: Happening, sinceMs: number): boolean {
  return 'missing' in next || sinceMs + next.afterMs >= atMs;
}

/** The call's last step. */
export function takenByMachine(
  flow: CompiledFlow,
  state: FlowState,
  started: Extract<FlowEvent, { type: 'started' }>,
  machine: FoundMachine,
): Advance {
  const { hangUp, decision, state: after } = leftToMachine(flow, state, started, machine);
  return { state: after, instructions: [hangUp], decisions: [decision], givenBy: [1] };
}
