/** An assistant as the node of a flow wants it: its live version within the bounds that the node sets. Pure. */
import type { AssistantVersion } from '../../contracts/assistant.ts';
import { openVariables } from '../../contracts/flow/declared-variables.ts';
import type { FlowState } from '../../contracts/flow/state.ts';
import type { AssistantInstruction } from '../../contracts/instructions.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import type { Visit } from './call-state.ts';

/** What a node sets for the assistant that talks in it. */
export type NodeTerms = Omit<AssistantInstruction, 'type' | 'nodeId' | 'assistantId'>;

export function termsOf({
  type: _type,
  nodeId: _node,
  assistantId: _assistant,
  ...terms
}: AssistantInstruction): NodeTerms {
  return terms;
}

/** Undefined where the flow came without it. A node may take tools away and shorten the time, never the other way round. */
export function assistantAtNode(
  { flow }: CallInput,
  {
    assistantId,
    terms: { tools, maxDurationMs, outcomes = [], returnsFacts } = {},
  }: Pick<Visit, 'assistantId' | 'terms'>,
): AssistantVersion | undefined {
  const version = flow.assistants[assistantId];
  if (!version) return undefined;
  const own = outcomes.map(({ name }) => name);
  return {
    ...version,
    tools: tools ? version.tools.filter(({ name }) => tools.includes(name)) : version.tools,
    outcomes: [...version.outcomes.filter(({ name }) => !own.includes(name)), ...outcomes],
    maxDurationMs: Math.min(version.maxDurationMs, maxDurationMs ?? Infinity),
    ...(returnsFacts && { returnsFacts }),
  };
}

/** What the assistant is told of the call: the flow's variables but for sensitive ones, and what its node adds. */
export function toldTo({ flow }: CallInput, flowState: FlowState, { terms }: Pick<Visit, 'terms'>): JsonObject {
  return { ...openVariables(flow.compiled, flowState), ...terms?.inputs };
}
