import { type Field, fieldsOf } from './fields.ts';
import { pointer } from './problem.ts';
import type { ValidationContext } from './validation-context.ts';

export type ReferenceKind =
  | 'assistants'
  | 'queues'
  | 'tools'
  | 'calendars'
  | 'prompts'
  | 'flows'
  | 'agents'
  | 'webhooks';

/** A field of a node that names something which the tenant keeps beside the flow. */
export interface NodeReference {
  kind: ReferenceKind;
  to: string;
  at: string;
  /** Of a flow: the version that is pinned. */
  version?: number;
}

/** What there is of a kind; undefined where nobody has said. Of what a flow cannot run without nothing said is nothing there. */
export function knownOf(kind: ReferenceKind, context: ValidationContext): Readonly<Record<string, object>> | undefined {
  return context[kind] ?? (kind === 'webhooks' ? undefined : {});
}

/** What a record has under a key of its own; ids may have the names of what every object has. */
export function ownOf<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The fields that refer to something; in every node the same thing has the same name. */
export const referenceFields: Readonly<Record<string, ReferenceKind>> = {
  assistantId: 'assistants',
  queueId: 'queues',
  toolId: 'tools',
  calendarId: 'calendars',
  promptId: 'prompts',
  musicPromptId: 'prompts',
  flowId: 'flows',
  agentId: 'agents',
  webhookId: 'webhooks',
};
/** What a tool or a subflow gets is the tenant's own and may have any names. */
export const handedOn = /\/(?:arguments|inputs)(?:\/|$)/;

export const referencesOf = (nodeId: string, node: object): readonly NodeReference[] =>
  referencesIn(fieldsOf(node, pointer('nodes', nodeId)));

export function referencesIn(fields: readonly Field[]): readonly NodeReference[] {
  const found: NodeReference[] = [];
  for (const { at, value } of fields) {
    if (typeof value === 'string' || handedOn.test(at)) continue;
    for (const name in referenceFields) {
      const to = value[name];
      const kind = referenceFields[name];
      if (typeof to !== 'string' || kind === undefined) continue;
      const { version } = value;
      found.push({
        kind,
        to,
        at: at + pointer(name),
        ...(kind === 'flows' && typeof version === 'number' && { version }),
      });
    }
  }
  return found;
}
