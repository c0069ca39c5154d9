/** Published versions: immutable, numbered, and where each stands. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../contracts/errors.ts';
import { stringifyFlow } from '../contracts/flow/canonical-json.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { Database } from './database.ts';
import { type FlowScenarios, readScenarios } from './flow-scenarios.ts';
import { flowVersionId } from './flows.ts';
import { asMs, toJsonb } from './sql-values.ts';

export interface FlowVersion {
  flowId: string;
  /** `flowId@version`. */
  flowVersionId: string;
  version: number;
  document: FlowDocument;
  /** Those that it passed. */
  scenarios: FlowScenarios;
}

export interface PublishedVersion extends FlowVersion {
  /** False where it was live already. */
  isNew: boolean;
}

/**
 * `published`: calls come to it, since it is live or numbers are pinned to it; `finishing`: none come any more, and some
 * are still on it; `archived`: nothing is on it. It can be rolled back to from each.
 */
export type VersionState = 'published' | 'finishing' | 'archived';

export interface VersionSummary {
  version: number;
  state: VersionState;
  isLive: boolean;
  /** Numbers that stay on it. */
  pinnedBy: readonly string[];
  /** Calls that came in on it and have not ended. */
  calls: number;
  publishedAtMs: number;
  publishedBy?: string;
  note?: string;
  /** The older version that it is, where it was rolled back to. */
  restores?: number;
  /** SHA-256 of its canonical text, hexadecimal; absent of versions from before there was one. */
  hash?: string;
}

/** Which text of a flow is meant: what is worked on, what calls meet, or a version by its number. */
export type Edition = 'draft' | 'live' | number;

/** What a version is made of. */
export interface Publication {
  tenantId: string;
  flowId: string;
  document: FlowDocument;
  compiled: CompiledFlow;
  scenarios: FlowScenarios;
  publishedBy?: string;
  note?: string;
  restores?: number;
}

export function createFlowVersionStore(database: Database) {
  return {
    readFlowVersion: async (tenantId: string, flowId: string, version: number): Promise<FlowVersion | undefined> =>
      database.forTenant(tenantId).run((em) => readVersion(em, tenantId, flowId, version)),

    /** A text with its scenarios. Throws `flow-unknown` or `flow-version-unknown`. */
    readEdition: (
      tenantId: string,
      flowId: string,
      edition: Edition,
    ): Promise<{ document: FlowDocument; scenarios: FlowScenarios }> =>
      database.forTenant(tenantId).run(async (em) => {
        const [flow] = await em.execute<{ draft: FlowDocument; liveVersion: number | null }[]>(
          'select draft, live_version as "liveVersion" from flows where tenant_id = ? and id = ?',
          [tenantId, flowId],
        );
        if (!flow) throw new AppError('flow-unknown', `there is no flow ${flowId}`);
        if (edition === 'draft') return { document: flow.draft, scenarios: await readScenarios(em, tenantId, flowId) };
        const version = edition === 'live' ? flow.liveVersion : edition;
        if (version === null) throw new AppError('flow-version-unknown', `the flow ${flowId} was never published`);
        const found = await readVersion(em, tenantId, flowId, version);
        if (!found) throw new AppError('flow-version-unknown', `the flow ${flowId} has no version ${version}`);
        return found;
      }),

    /** The newest first. */
    readVersions: async (tenantId: string, flowId: string): Promise<VersionSummary[]> => {
      const rows = await database.forTenant(tenantId).execute<{ row: VersionSummary }>(versionsSql, [tenantId, flowId]);
      return rows.map(({ row }) => ({ ...row, state: stateOf(row) }));
    },
  };
}

async function readVersion(
  em: EntityManager,
  tenantId: string,
  flowId: string,
  version: number,
): Promise<FlowVersion | undefined> {
  const [row] = await em.execute<{ document: FlowDocument; scenarios: FlowScenarios | null }[]>(
    'select document, scenarios from flow_versions where tenant_id = ? and flow_id = ? and version = ?',
    [tenantId, flowId, version],
  );
  return row && { ...row, scenarios: row.scenarios ?? {}, ...idsOf(flowId, version) };
}

/** Inside a job: what calls of each flow meet, as far as it was compiled when it was published. */
export async function readLiveVersions(
  em: EntityManager,
  tenantId: string,
): Promise<{ flowId: string; document: FlowDocument; compiled: CompiledFlow }[]> {
  return em.execute(
    `select f.id as "flowId", v.document, v.compiled from flows f
     join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.live_version
     where f.tenant_id = ? and v.compiled is not null order by f.id`,
    [tenantId],
  );
}

/** Inside a job that holds the flow's row. */
export async function writeVersion(em: EntityManager, publication: Publication): Promise<PublishedVersion> {
  const { tenantId, flowId, publishedBy, note, restores, scenarios } = publication;
  // As they come back from their columns.
  const document: FlowDocument = JSON.parse(toJsonb(publication.document));
  const compiled: CompiledFlow = JSON.parse(toJsonb(publication.compiled));
  const [live] = await em.execute<{ version: number; document: FlowDocument; compiled: CompiledFlow | null }[]>(
    liveSql,
    [tenantId, flowId],
  );
  if (live && isDeepStrictEqual(live.document, document) && isDeepStrictEqual(live.compiled, compiled))
    return { ...idsOf(flowId, live.version), document, scenarios, isNew: false };
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
    toJsonb(scenarios),
    hashOf(document),
    publishedBy ?? null,
    note ?? null,
    restores ?? null,
  ]);
  await em.execute('update flows set live_version = ? where tenant_id = ? and id = ?', [version, tenantId, flowId]);
  return { ...idsOf(flowId, version), document, scenarios, isNew: true };
}

/** The same for the same flow, whatever order its keys came in. */
const hashOf = (document: FlowDocument): string => createHash('sha256').update(stringifyFlow(document)).digest('hex');

const idsOf = (flowId: string, version: number) => ({ flowId, flowVersionId: flowVersionId(flowId, version), version });

function stateOf({ isLive, pinnedBy, calls }: VersionSummary): VersionState {
  if (isLive || pinnedBy.length > 0) return 'published';
  return calls > 0 ? 'finishing' : 'archived';
}

const liveSql = `select v.version, v.document, v.compiled from flows f
  join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.live_version
  where f.tenant_id = ? and f.id = ?`;

const insertSql = `insert into flow_versions
    (tenant_id, flow_id, version, document, compiled, scenarios, hash, published_by, note, restores)
  values (?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?, ?, ?, ?::int)`;

const versionsSql = `select jsonb_strip_nulls(jsonb_build_object('version', v.version, 'isLive', v.version = f.live_version,
    'pinnedBy', (select coalesce(jsonb_agg(n.phone_number order by n.phone_number), '[]') from phone_numbers n
      where n.tenant_id = v.tenant_id and n.flow_id = v.flow_id and n.pinned_version = v.version),
    'calls', (select count(*) from call_sessions c
      where c.tenant_id = v.tenant_id and c.flow_id = v.flow_id and c.flow_version = v.version and c.ended_at is null),
    'publishedAtMs', ${asMs('v.published_at')}, 'publishedBy', v.published_by, 'note', v.note, 'restores', v.restores,
    'hash', v.hash)) as row
  from flow_versions v join flows f on f.tenant_id = v.tenant_id and f.id = v.flow_id
  where v.tenant_id = ? and v.flow_id = ? order by v.version desc`;
