/** What the ledger shows of values that nobody may read there. */
import type { Json, JsonObject } from '../tools.ts';
import type { CompiledFlow, CompiledGraph } from './compiled.ts';
import { contactDeclarations } from './contact-facts.ts';
import type { EventDetail, FlowEvent } from './state.ts';
import { isSensitive } from './variables.ts';
import { own } from './own.ts';

export const masked = '•••';

/** Whether a path leads to what the flow, its subflows or the registry call sensitive; `variables` are those of the graph that runs. */
export function hasSensitive(
  flow: Pick<CompiledFlow, 'contact' | 'subflows'>,
  { variables }: Pick<CompiledGraph, 'variables'>,
  path: string,
): boolean {
  const [group, name = ''] = path.split('.');
  if (group === 'vars') return own(variables, name)?.sensitive === true;
  if (group === 'contact') return own(contactDeclarations(flow), name)?.sensitive === true;
  return isSensitive(path, {});
}

/** An event as a decision keeps it; `atMs` stands in the decision. `hides`: the node it came to is told secrets. */
export function recorded(
  { atMs: _atMs, visit: _visit, ...event }: FlowEvent,
  flow: CompiledFlow,
  hides: boolean,
): JsonObject {
  if (event.type === 'started') return recordedStart(event, flow);
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

/** Of the contact stands there what somebody has declared. */
function recordedStart(event: Extract<EventDetail, { type: 'started' }>, flow: CompiledFlow): JsonObject {
  const { caller, contact } = event;
  const declared = contactDeclarations(flow);
  const show = (path: string, hides: boolean, value: Json): Json => (hides || isSensitive(path, {}) ? masked : value);
  return {
    ...event,
    ...(caller && { caller: mapValues(caller, (name, value) => show(`caller.${name}`, false, value)) }),
    ...(contact && {
      contact: mapValues(
        Object.fromEntries(Object.entries(contact).filter(([name]) => own(declared, name))),
        (name, value) => show(`contact.${name}`, own(declared, name)?.sensitive === true, value),
      ),
    }),
  };
}

function mapValues(from: JsonObject, map: (name: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(name, value)]));
}
