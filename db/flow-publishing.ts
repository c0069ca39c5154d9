/** From a draft to a version: what calls meet is judged, compiled once and never changed. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import { stringifyFlow } from '../contracts/flow/canonical-json.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { readFlowDocument } from '../contracts/flow/validate.ts';
import type { ValidationContext } from '../contracts/flow/validation/validation-context.ts';
import type { Database } from './database.ts';
import { readReferences } from './flow-references.ts';
import { flowVersion, type FlowVersion, saveDraft } from './flows.ts';
import { toJsonb } from './sql-values.ts';

export interface Publication {
  tenantId: string;
  flowId: string;
  document: FlowDocument;
  publishedBy?: string;
  /** What is new, for people. */
  note?: string;
}

export type FlowPublisher = ReturnType<typeof createFlowPublisher>;

export function createFlowPublisher({ database, nowMs }: { database: Database; nowMs: () => number }) {
  return {
    /** What a flow is judged against, as the tenant has it now. */
    readContext: (tenantId: string, flowId: string, document: FlowDocument): Promise<ValidationContext> =>
      database.forTenant(tenantId).run((em) => readReferences(em, tenantId, { flowId, document, nowMs: nowMs() })),

    /**
     * Makes the document the draft and publishes it: the next version, live at once. What is live already, with all that
     * it refers to unchanged, publishes nothing new. Calls in flight stay on theirs. Throws `flow-invalid`.
     */
    publishFlow: (publication: Publication): Promise<FlowVersion> => {
      const { tenantId, flowId, document, publishedBy } = publication;
      return database.forTenant(tenantId).run(async (em) => {
        const save = { tenantId, flowId, document, baseRevision: 'any' as const };
        const draft = await saveDraft(em, { ...save, ...(publishedBy !== undefined && { savedBy: publishedBy }) });
        return publish(em, { ...publication, document: draft.document }, nowMs());
      });
    },
  };
}

async function publish(em: EntityManager, publication: Publication, nowMs: number): Promise<FlowVersion> {
  const { tenantId, flowId, publishedBy, note } = publication;
  const context = await readReferences(em, tenantId, { flowId, document: publication.document, nowMs });
  const document = readFlowDocument(publication.document, context);
  const compiled: CompiledFlow = JSON.parse(toJsonb(compileFlow(document, context)));
  const [live] = await em.execute<{ version: number; document: FlowDocument; compiled: CompiledFlow | null }[]>(
    liveSql,
    [tenantId, flowId],
  );
  if (live && isDeepStrictEqual(live.document, document) && isDeepStrictEqual(live.compiled, compiled))
    return flowVersion(flowId, live.version, document);
  const [next] = await em.execute<{ version: number }[]>(
    'select coalesce(max(version), 0) + 1 as version from flow_versions where tenant_id = ? and flow_id = ?',
    [tenantId, flowId],
  );
  const version = next?.version ?? 1;
  await em.execute(insertSql, [
    tenantId,
    flowId,
    version,
    toJsonb(document),
    toJsonb(compiled),
    createHash('sha256').update(stringifyFlow(document)).digest('hex'),
    publishedBy ?? null,
    note ?? null,
  ]);
  await em.execute('update flows set live_version = ? where tenant_id = ? and id = ?', [version, tenantId, flowId]);
  return flowVersion(flowId, version, document);
}

const liveSql = `select v.version, v.document, v.compiled from flows f
  join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.live_version
  where f.tenant_id = ? and f.id = ?`;

const insertSql = `insert into flow_versions
    (tenant_id, flow_id, version, document, compiled, hash, published_by, note)
  values (?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?)`;
