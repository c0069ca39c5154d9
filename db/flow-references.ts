/** What flows refer to, as the tenant keeps it now. */
import type { EntityManager } from '@mikro-orm/postgresql';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { FlowReference } from '../contracts/flow/references.ts';
import { referencesOf } from '../contracts/flow/validation/references-of.ts';
import { hasFlowShape } from '../contracts/flow/validation/shape.ts';
import type { ValidationContext } from '../contracts/flow/validation/validation-context.ts';
import { toJsonb } from './sql-values.ts';

/**
 * What a flow is judged against and compiled with, inside a job of the tenant: everything by name, so that the validator
 * can say what was meant; of other flows the documents that this one enters, and those that they enter in turn.
 */
export async function readReferences(
  em: EntityManager,
  tenantId: string,
  { flowId, document, nowMs }: { flowId: string; document: unknown; nowMs: number },
): Promise<ValidationContext> {
  const [row] = await em.execute<{ references: Omit<ValidationContext, 'nowMs'> }[]>(referencesSql, [
    ...Array.from({ length: 8 }, () => tenantId),
    tenantId,
    flowId,
  ]);
  const flows = await enteredFlows(em, tenantId, hasFlowShape(document) ? document : undefined);
  return { assistants: {}, ...row?.references, flows, flowId, nowMs };
}

type VersionKey = { flowId: string; version?: number };

async function enteredFlows(
  em: EntityManager,
  tenantId: string,
  document: FlowDocument | undefined,
): Promise<Record<string, FlowReference>> {
  const rows = await em.execute<{ id: string; liveVersion: number | null }[]>(
    'select id, live_version as "liveVersion" from flows where tenant_id = ?',
    [tenantId],
  );
  const live = new Map(rows.map(({ id, liveVersion }) => [id, liveVersion]));
  const versions = new Map<string, Record<number, FlowDocument>>();
  let wanted = document ? entered(document) : [];
  while (wanted.length > 0) {
    const missing = wanted.flatMap(({ flowId, version }) => {
      const at = version ?? live.get(flowId);
      return typeof at === 'number' && !versions.get(flowId)?.[at] ? [{ flowId, version: at }] : [];
    });
    const found = await em.execute<{ flowId: string; version: number; document: FlowDocument }[]>(documentsSql, [
      toJsonb(missing),
      tenantId,
    ]);
    for (const { flowId, version, document: entry } of found)
      versions.set(flowId, { ...versions.get(flowId), [version]: entry });
    wanted = found.flatMap(({ document: entry }) => entered(entry));
  }
  return Object.fromEntries(
    [...live].map(([id, liveVersion]) => [
      id,
      { versions: versions.get(id) ?? {}, ...(liveVersion !== null && { liveVersion }) },
    ]),
  );
}

function entered({ nodes }: FlowDocument): VersionKey[] {
  return Object.entries(nodes).flatMap(([nodeId, node]) =>
    referencesOf(nodeId, node).flatMap(({ kind, to, version }) =>
      kind === 'flows' ? [{ flowId: to, ...(version !== undefined && { version }) }] : [],
    ),
  );
}

const byId = (table: string, value: string): string =>
  `(select coalesce(jsonb_object_agg(id, ${value}), '{}') from ${table} where tenant_id = ?)`;

const referencesSql = `select jsonb_build_object(
    'assistants', (select coalesce(jsonb_object_agg(a.id, jsonb_build_object(
        'outcomes', v.document->'outcomes', 'tools', (select coalesce(jsonb_agg(jsonb_build_object('name', tool->'name')), '[]')
          from jsonb_array_elements(v.document->'tools') tool))), '{}')
      from assistants a join assistant_versions v
        on v.tenant_id = a.tenant_id and v.assistant_id = a.id and v.version = a.live_version
      where a.tenant_id = ?),
    'prompts', ${byId('audio_prompts', `jsonb_build_object('audio', audio)`)},
    'calendars', ${byId('calendars', 'definition')},
    'queues', ${byId('queues', `jsonb_build_object('name', name)`)},
    'agents', ${byId('agents', `jsonb_build_object('name', name)`)},
    'tools', ${byId('tools', 'definition')},
    'webhooks', ${byId('webhooks', `jsonb_build_object('name', name)`)},
    'numbers', (select coalesce(jsonb_agg(distinct phone_number), '[]') from phone_numbers where tenant_id = ?),
    'ownNumbers', (select coalesce(jsonb_agg(phone_number), '[]') from phone_numbers where tenant_id = ? and flow_id = ?)
  ) as references`;

const documentsSql = `select v.flow_id as "flowId", v.version, v.document
  from jsonb_to_recordset(?::jsonb) as wanted("flowId" text, version int)
  join flow_versions v on v.flow_id = wanted."flowId" and v.version = wanted.version
  where v.tenant_id = ?`;
