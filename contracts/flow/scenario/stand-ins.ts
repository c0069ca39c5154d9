/** What a flow refers to and a scenario need not describe: a tool, an assistant, a queue, a person, a prompt of that id. */
import type { ToolDefinition } from '../../tools.ts';
import type { FlowDocument } from '../document.ts';
import type { FlowReferences } from '../references.ts';
import type { Scenario } from './read-scenario.ts';
import { type ReferenceKind, referencesOf } from '../validation/references-of.ts';

type Given = Omit<Partial<FlowReferences>, 'tools'> & Pick<Scenario['references'], 'tools'>;

/** The references with stand-ins for what is not among them. Calendars, flows and webhooks mean something of their own: they are left out. */
export function withStandIns(document: FlowDocument, given: Given): FlowReferences {
  const documents = [document, ...Object.values(given.flows ?? {}).flatMap(({ versions }) => Object.values(versions))];
  const named = (kind: ReferenceKind): string[] => [
    ...new Set(
      documents.flatMap(({ nodes }) =>
        Object.entries(nodes).flatMap(([nodeId, node]) =>
          referencesOf(nodeId, node).flatMap((reference) => (reference.kind === kind ? [reference.to] : [])),
        ),
      ),
    ),
  ];
  const filled = <Value>(kind: ReferenceKind, make: (id: string) => Value): Record<string, Value> =>
    Object.fromEntries(named(kind).map((id) => [id, make(id)]));
  return {
    ...given,
    assistants: { ...filled('assistants', (id) => ({ outcomes: outcomesOf(documents, id) })), ...given.assistants },
    queues: { ...filled('queues', (name) => ({ name })), ...given.queues },
    agents: { ...filled('agents', (name) => ({ name })), ...given.agents },
    tools: {
      ...filled('tools', toolOf),
      ...Object.fromEntries(Object.entries(given.tools ?? {}).map(([id, tool]) => [id, { ...toolOf(id), ...tool }])),
    },
    prompts: { ...filled('prompts', (id) => ({ audio: audioOf(document, id) })), ...given.prompts },
  };
}

/** The ways out that the flow draws of an assistant. */
function outcomesOf(documents: readonly FlowDocument[], assistantId: string): { name: string }[] {
  return documents.flatMap(({ nodes }) =>
    Object.values(nodes).flatMap((node) =>
      node.type === 'assistant' && node.assistantId === assistantId
        ? Object.keys(node.edges).map((name) => ({ name }))
        : [],
    ),
  );
}

function toolOf(toolId: string): ToolDefinition {
  return {
    toolId,
    name: toolId,
    description: '',
    type: 'http',
    endpoint: `https://${toolId.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}.example`,
    method: 'POST',
    headers: {},
    timeoutMs: 10_000,
    idempotent: true,
    maxResponseBytes: 100_000,
  };
}

function audioOf({ languages }: FlowDocument, promptId: string) {
  return Object.fromEntries(languages.map((language) => [language, { audioId: promptId, durationMs: 3_000 }]));
}
