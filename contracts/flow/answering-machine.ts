/** A call of ours that a machine takes: whether the carrier looks, and what the machine gets. */
import type { Instruction } from '../instructions.ts';
import type { MachineDetection } from '../voice-provider.ts';
import type { CompiledFlow } from './compiled.ts';
import { messageForMachine } from './engine.ts';
import type { Decision, FlowEvent, FlowState } from './state.ts';

/** Who is not spoken with. */
export type Machine = 'machine' | 'fax';

/**
 * How machines are looked for, by what was asked, else by the flow. An assistant that talks to a mailbox costs minutes and
 * leaves nonsense, and beside the call a person hears nothing of it. A flow without one may be a recording: as it stands.
 */
export function machineDetectionOf(flow: CompiledFlow, asked: MachineDetection | undefined): MachineDetection {
  const graphs = [flow, ...Object.values(flow.subflows)];
  const hasAssistant = graphs.some(({ nodes }) => Object.values(nodes).some(({ type }) => type === 'assistant'));
  return asked ?? flow.machineDetection ?? (hasAssistant ? 'async' : 'off');
}

export interface LeftToMachine {
  state: FlowState;
  hangUp: Extract<Instruction, { type: 'hangUp' }>;
  decision: Decision;
}

/** The flow is walked no further, wherever it stands; `event` tells of the call's beginning, at the time that it ends. */
export function leftToMachine(
  flow: CompiledFlow,
  state: FlowState,
  event: Extract<FlowEvent, { type: 'started' }>,
  { answeredBy, getsMessage }: { answeredBy: Machine; getsMessage: boolean },
): LeftToMachine {
  const { nodeId = flow.start, subflow } = state;
  const { atMs } = event;
  const lastWords = answeredBy === 'machine' && getsMessage ? messageForMachine(flow, state, event) : undefined;
  const graph = flow.subflows[subflow ?? ''] ?? flow;
  return {
    state: { ...state, phase: 'ended', nodeId: undefined },
    hangUp: { type: 'hangUp', ...(lastWords && { lastWords }) },
    decision: {
      step: state.steps,
      nodeId,
      nodeType: graph.nodes[nodeId]?.type ?? 'unknown',
      ...(subflow !== undefined && { subflow }),
      outcome: 'voicemail',
      wentTo: 'hang-up',
      rule: 'end',
      because: `a ${answeredBy} answered${lastWords ? ' and got the message' : ''}`,
      durationMs: Math.max(0, atMs - (state.enteredAtMs || atMs)),
      atMs,
    },
  };
}
