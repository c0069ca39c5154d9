import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../contracts/errors.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

export interface FlowVersion {
  flowId: string;
  flowVersionId: string;
  version: number;
  document: FlowDocument;
}

/** What is worked on: it changes, and calls never meet it. */
export interface FlowDraft {
  flowId: string;
  document: FlowDocument;
  /** Counts its saves, from 1. */
  revision: number;
  savedBy?: string;
}

export interface DraftSave {
  tenantId: string;
  flowId: string;
  document: FlowDocument;
  /** The revision that the document was made of, 0 for a new flow; `any` puts it in place of whatever is there. */
  baseRevision: number | 'any';
  savedBy?: string;
}

export type FlowStore = ReturnType<typeof createFlowStore>;

/** Flows: a draft that changes, versions that never do. */
export function createFlowStore(database: Database) {
  return {
    /** Throws `DraftConflict` where somebody else has saved since; the text that is there already is no new revision. */
    saveDraft: (save: DraftSave): Promise<FlowDraft> =>
      database.forTenant(save.tenantId).run((em) => saveDraft(em, save)),

    readDraft: (tenantId: string, flowId: string): Promise<FlowDraft | undefined> =>
      database.forTenant(tenantId).run((em) => readDraft(em, tenantId, flowId)),

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
  };
}

/** Two people have changed the same draft. Nothing was stored, and nothing is lost: here is all that there is. */
export class DraftConflict extends AppError {
  readonly stored: FlowDraft;
  readonly yours: FlowDocument;
  /** What yours was made of, where it is still kept. */
  readonly base: FlowDocument | undefined;

  constructor(stored: FlowDraft, yours: FlowDocument, base: FlowDocument | undefined) {
    const { flowId, revision, savedBy = 'somebody' } = stored;
    super('draft-conflict', `${savedBy} has saved revision ${revision} of the draft of ${flowId} meanwhile`);
    this.stored = stored;
    this.yours = yours;
    this.base = base;
  }
}

export const flowVersionId = (flowId: string, version: number): string => `${flowId}@${version}`;

export const flowVersion = (flowId: string, version: number, document: FlowDocument): FlowVersion => ({
  flowId,
  flowVersionId: flowVersionId(flowId, version),
  version,
  document,
});

/** Inside a job of the tenant. Locks the flow's row to the end of the job: one writer at a time. */
export async function saveDraft(em: EntityManager, save: DraftSave): Promise<FlowDraft> {
  const { tenantId, flowId, baseRevision, savedBy } = save;
  const document: FlowDocument = JSON.parse(toJsonb(save.document));
  const isNew = await lockFlow(em, [tenantId, flowId, document.name, toJsonb(document), savedBy ?? null]);
  const stored = await readDraft(em, tenantId, flowId);
  if (!stored || (isNew && baseRevision !== 'any' && baseRevision !== 0))
    throw new AppError('flow-unknown', `there is no flow ${flowId}: a new one has the base revision 0`);
  if (isNew) await keepRevision(em, tenantId, stored);
  if (isDeepStrictEqual(stored.document, document)) return stored;
  if (baseRevision !== 'any' && baseRevision !== stored.revision)
    throw new DraftConflict(stored, document, await readRevision(em, tenantId, flowId, baseRevision));
  const next: FlowDraft = {
    flowId,
    document,
    revision: stored.revision + 1,
    ...(savedBy !== undefined && { savedBy }),
  };
  await keepRevision(em, tenantId, stored);
  await keepRevision(em, tenantId, next);
  await em.execute(updateSql, [document.name, toJsonb(document), next.revision, savedBy ?? null, tenantId, flowId]);
  await em.execute('delete from flow_drafts where tenant_id = ? and flow_id = ? and revision <= ?', [
    tenantId,
    flowId,
    next.revision - keptRevisions,
  ]);
  return next;
}

/** Makes the flow where it is missing and says so. */
async function lockFlow(em: EntityManager, params: readonly (string | null)[]): Promise<boolean> {
  const [row] = await em.execute<{ made: boolean }[]>(lockSql, [...params]);
  return row?.made ?? false;
}

/** How many saves of a draft can still be the base of somebody's work. */
const keptRevisions = 100;

async function readDraft(em: EntityManager, tenantId: string, flowId: string): Promise<FlowDraft | undefined> {
  const [row] = await em.execute<{ document: FlowDocument; revision: number; savedBy: string | null }[]>(
    'select draft as document, draft_revision as revision, draft_by as "savedBy" from flows where tenant_id = ? and id = ?',
    [tenantId, flowId],
  );
  if (!row) return undefined;
  const { document, revision, savedBy } = row;
  return { flowId, document, revision, ...(savedBy !== null && { savedBy }) };
}

async function readRevision(
  em: EntityManager,
  tenantId: string,
  flowId: string,
  revision: number,
): Promise<FlowDocument | undefined> {
  const [row] = await em.execute<{ document: FlowDocument }[]>(
    'select document from flow_drafts where tenant_id = ? and flow_id = ? and revision = ?',
    [tenantId, flowId, revision],
  );
  return row?.document;
}

async function keepRevision(em: EntityManager, tenantId: string, draft: FlowDraft): Promise<void> {
  const { flowId, revision, document, savedBy } = draft;
  await em.execute(
    `insert into flow_drafts (tenant_id, flow_id, revision, document, saved_by) values (?, ?, ?, ?::jsonb, ?)
     on conflict do nothing`,
    [tenantId, flowId, revision, toJsonb(document), savedBy ?? null],
  );
}

// A row that this statement inserts has never been locked or updated by anyone.
const lockSql = `insert into flows (tenant_id, id, name, draft, draft_by) values (?, ?, ?, ?::jsonb, ?)
  on conflict (tenant_id, id) do update set updated_at = flows.updated_at returning (xmax = 0) as made`;

const updateSql = `update flows set name = ?, draft = ?::jsonb, draft_revision = ?, draft_by = ?, updated_at = now()
  where tenant_id = ? and id = ?`;
