import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

export interface FlowVersion {
  flowId: string;
  flowVersionId: string;
  version: number;
  document: FlowDocument;
}

export type FlowStore = ReturnType<typeof createFlowStore>;

/** Flows: a draft that changes, versions that never do. */
export function createFlowStore(database: Database) {
  return {
    /** Makes the flow where it is missing. */
    saveDraft: async (tenantId: string, flowId: string, document: FlowDocument): Promise<void> => {
      await database.forTenant(tenantId).run((em) => saveDraft(em, tenantId, flowId, document));
    },

    /**
     * Publishes a version and makes it live; an older document published again is the roll-back. The same content as the
     * live version publishes nothing new. Calls in flight stay on theirs.
     */
    publishFlow: (
      tenantId: string,
      flowId: string,
      document: FlowDocument,
      publishedBy?: string,
    ): Promise<FlowVersion> =>
      database.forTenant(tenantId).run(async (em) => {
        await saveDraft(em, tenantId, flowId, document);
        const [live] = await em.execute<{ version: number; document: FlowDocument }[]>(liveSql, [tenantId, flowId]);
        const stored: FlowDocument = JSON.parse(toJsonb(document));
        if (live && isDeepStrictEqual(live.document, stored)) return flowVersion(flowId, live.version, stored);
        const [next] = await em.execute<{ version: number }[]>(
          'select coalesce(max(version), 0) + 1 as version from flow_versions where tenant_id = ? and flow_id = ?',
          [tenantId, flowId],
        );
        const version = next?.version ?? 1;
        await em.execute(
          'insert into flow_versions (tenant_id, flow_id, version, document, published_by) values (?, ?, ?, ?::jsonb, ?)',
          [tenantId, flowId, version, toJsonb(document), publishedBy ?? null],
        );
        await em.execute('update flows set live_version = ? where tenant_id = ? and id = ?', [
          version,
          tenantId,
          flowId,
        ]);
        return flowVersion(flowId, version, stored);
      }),

    readFlowVersion: async (tenantId: string, flowId: string, version: number): Promise<FlowVersion | undefined> => {
      const [row] = await database
        .forTenant(tenantId)
        .run((em) =>
          em.execute<{ document: FlowDocument }[]>(
            'select document from flow_versions where tenant_id = ? and flow_id = ? and version = ?',
            [tenantId, flowId, version],
          ),
        );
      return row && flowVersion(flowId, version, row.document);
    },

    readDraft: async (tenantId: string, flowId: string): Promise<FlowDocument | undefined> => {
      const [row] = await database
        .forTenant(tenantId)
        .run((em) =>
          em.execute<{ draft: FlowDocument }[]>('select draft from flows where tenant_id = ? and id = ?', [
            tenantId,
            flowId,
          ]),
        );
      return row?.draft;
    },
  };
}

export const flowVersion = (flowId: string, version: number, document: FlowDocument): FlowVersion => ({
  flowId,
  flowVersionId: `${flowId}@${version}`,
  version,
  document,
});

/** Locks the flow's row to the end of the job: one publisher at a time. */
async function saveDraft(em: EntityManager, tenantId: string, flowId: string, document: FlowDocument): Promise<void> {
  await em.execute(
    `insert into flows (tenant_id, id, name, draft) values (?, ?, ?, ?::jsonb)
     on conflict (tenant_id, id) do update set name = excluded.name, draft = excluded.draft, updated_at = now()`,
    [tenantId, flowId, document.name, toJsonb(document)],
  );
}

const liveSql = `select v.version, v.document from flows f
  join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.live_version
  where f.tenant_id = ? and f.id = ?`;
