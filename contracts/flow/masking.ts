/** What the ledger shows of values that nobody may read there. */
import type { JsonObject } from '../tools.ts';
import type { CompiledGraph } from './compiled.ts';
import type { EventDetail, FlowEvent } from './state.ts';
import { isSensitive } from './variables.ts';
import { own } from './own.ts';

export const masked = '•••';

/** Whether a path leads to what the flow or the registry calls sensitive. */
export function hasSensitive(
  { variables, contact }: Pick<CompiledGraph, 'variables' | 'contact'>,
  path: string,
): boolean {
  const [group, name = ''] = path.split('.');
  if (group === 'vars') return own(variables, name)?.sensitive === true;
  if (group === 'contact') return own(contact, name)?.sensitive === true;
  return isSensitive(path, {});
}

/** An event as a decision keeps it; `atMs` stands in the decision. `hides`: the node it came to is told secrets. */
export function recorded(
  { atMs: _atMs, visit: _visit, ...event }: FlowEvent,
  graph: CompiledGraph,
  hides: boolean,
): JsonObject {
  if (event.type === 'started') return recordedStart(event, graph);
  if (!hides) return event;
  switch (event.type) {
    case 'digits':
      return { ...event, digits: '•'.repeat(event.digits.length) };
    case 'speech':
      return { ...event, text: masked };
    case 'assistantLeft':
    case 'toolAnswered':
      return event.data === undefined ? event : { ...event, data: masked };
    default:
      return event;
  }
}

function recordedStart(event: Extract<EventDetail, { type: 'started' }>, graph: CompiledGraph): JsonObject {
  const withoutSecrets = (group: string, facts: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [name, hasSensitive(graph, `${group}.${name}`) ? masked : value]),
    );
  const { caller, contact } = event;
  return {
    ...event,
    ...(caller && { caller: withoutSecrets('caller', caller) }),
    ...(contact && { contact: withoutSecrets('contact', contact) }),
  };
}
