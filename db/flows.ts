import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../contracts/errors.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { Database } from './database.ts';
import { assertScenarios, type FlowScenarios, readScenarios, writeScenarios } from './flow-scenarios.ts';
import { toExactJsonb, toJsonb } from './sql-values.ts';

/** What is worked on: it changes, and calls never meet it. */
export interface FlowDraft {
  flowId: string;
  document: FlowDocument;
  /** What must hold before it is published. */
  scenarios: FlowScenarios;
  /** Counts its saves, from 1. */
  revision: number;
  savedBy?: string;
}

/** A flow as it stands in a list. */
export interface FlowSummary {
  flowId: string;
  name: string;
  draftRevision: number;
  draftBy?: string;
  /** Whether the draft says something else than what is live. */
  isChanged: boolean;
  /** Absent where nothing was published. */
  liveVersion?: number;
  /** Those that lead to it. */
  numbers: readonly string[];
  /** Calls on any of its versions. */
  calls: number;
}

export interface DraftSave {
  tenantId: string;
  flowId: string;
  document: FlowDocument;
  /** In place of all that there are; absent: they stay. */
  scenarios?: FlowScenarios;
  /** The revision that it was made of, 0 for a new flow; `any` puts it in place of whatever is there. */
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

    /** By name. */
    readFlows: async (tenantId: string): Promise<FlowSummary[]> => {
      const rows = await database.forTenant(tenantId).execute<{ row: FlowSummary }>(listSql, [tenantId]);
      return rows.map(({ row }) => row);
    },
  };
}

/** Two people have changed the same draft. Nothing was stored, and nothing is lost: here is all that there is. */
export class DraftConflict extends AppError {
  readonly stored: FlowDraft;
  readonly yours: FlowDocument;
  readonly yourScenarios: FlowScenarios | undefined;
  /** What yours was made of, where it is still kept. */
  readonly base: FlowDocument | undefined;

  constructor(
    stored: FlowDraft,
    { document, scenarios }: Pick<DraftSave, 'document' | 'scenarios'>,
    base: FlowDocument | undefined,
  ) {
    const { flowId, revision } = stored;
    super('draft-conflict', `somebody has saved revision ${revision} of the draft of ${flowId} meanwhile`);
    this.stored = stored;
    this.yours = document;
    this.yourScenarios = scenarios;
    this.base = base;
  }
}

/** How a version is named in routes, logs and subflows. */
export const flowVersionId = (flowId: string, version: number): string => `${flowId}@${version}`;

/** Inside a job of the tenant. Locks the flow's row to the end of the job: one writer at a time. */
export async function saveDraft(em: EntityManager, save: DraftSave): Promise<FlowDraft> {
  const { tenantId, flowId, baseRevision, savedBy, scenarios } = save;
  if (scenarios) assertScenarios(scenarios);
  const document: FlowDocument = JSON.parse(toExactJsonb(save.document, `the flow ${flowId}`));
  const isNew = await lockFlow(em, [tenantId, flowId, document.name, toJsonb(document), savedBy ?? null]);
  const stored = await readDraft(em, tenantId, flowId);
  if (!stored || (isNew && baseRevision !== 'any' && baseRevision !== 0))
    throw new AppError('flow-unknown', `there is no flow ${flowId}: a new one has the base revision 0`);
  await keepRevision(em, tenantId, stored);
  if (isNew) {
    if (scenarios) await writeScenarios(em, tenantId, flowId, scenarios);
    return { ...stored, scenarios: scenarios ?? {} };
  }
  const told = scenarios ?? stored.scenarios;
  if (isDeepStrictEqual(stored.document, document) && isDeepStrictEqual(stored.scenarios, told)) return stored;
  if (baseRevision !== 'any' && baseRevision !== stored.revision)
    throw new DraftConflict(stored, { ...save, document }, await readRevision(em, tenantId, flowId, baseRevision));
  const revision = stored.revision + 1;
  const next: FlowDraft = { flowId, document, scenarios: told, revision, ...(savedBy !== undefined && { savedBy }) };
  await keepRevision(em, tenantId, next);
  if (scenarios) await writeScenarios(em, tenantId, flowId, scenarios);
  await em.execute(updateSql, [document.name, toJsonb(document), next.revision, savedBy ?? null, tenantId, flowId]);
  await em.execute('delete from flow_drafts where tenant_id = ? and flow_id = ? and revision <= ?', [
    tenantId,
    flowId,
    next.revision - keptRevisions,
  ]);
  return next;
}

/** Inside a job: locks the flow's row to its end. Throws `flow-unknown`. */
export async function lockedDraft(em: EntityManager, tenantId: string, flowId: string): Promise<FlowDraft> {
  await em.execute('select 1 as locked from flows where tenant_id = ? and id = ? for update', [tenantId, flowId]);
  const draft = await readDraft(em, tenantId, flowId);
  if (draft) return draft;
  throw new AppError('flow-unknown', `there is no flow ${flowId}`);
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
  const scenarios = await readScenarios(em, tenantId, flowId);
  return { flowId, document, scenarios, revision, ...(savedBy !== null && { savedBy }) };
}

/** Inside a job: the saved text of a revision, as long as it is kept. */
export async function readRevision(
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

const listSql = `select jsonb_strip_nulls(jsonb_build_object('flowId', f.id, 'name', f.name, 'draftRevision', f.draft_revision,
    'draftBy', f.draft_by, 'isChanged', v.document is null or v.document <> f.draft, 'liveVersion', f.live_version,
    'numbers', (select coalesce(jsonb_agg(n.phone_number order by n.phone_number), '[]') from phone_numbers n
      where n.tenant_id = f.tenant_id and n.flow_id = f.id),
    'calls', (select count(*) from call_sessions c
      where c.tenant_id = f.tenant_id and c.flow_id = f.id and c.ended_at is null))) as row
  from flows f
  left join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.live_version
  where f.tenant_id = ? order by f.name, f.id`;
