import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AssistantVersion } from '../contracts/assistant.ts';
import type { ToolDefinition } from '../contracts/tools.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

/** An assistant as it is published: its version is the store's to give. */
export type AssistantDraft = Omit<AssistantVersion, 'version' | 'versionId'>;

export type AssistantStore = ReturnType<typeof createAssistantStore>;

/** Assistants by immutable versions, and the tools they are made with. */
export function createAssistantStore(database: Database) {
  return {
    /** Publishes a version and makes it live. The same content as the live version publishes nothing new. */
    publishAssistant: (tenantId: string, draft: AssistantDraft): Promise<AssistantVersion> =>
      database.forTenant(tenantId).run((em) => publish(em, tenantId, draft)),

    /** By the id that a stream's token names, live or not. */
    readAssistantVersion: async (tenantId: string, versionId: string): Promise<AssistantVersion | undefined> => {
      const { assistantId, version } = partsOf(versionId);
      const [row] = await database
        .forTenant(tenantId)
        .execute<{ document: AssistantVersion }>(
          'select document from assistant_versions where tenant_id = ? and assistant_id = ? and version = ?',
          [tenantId, assistantId, version],
        );
      return row?.document;
    },

    /** The live versions by assistant id; an unknown assistant is absent. */
    readLiveAssistants: (
      tenantId: string,
      assistantIds: readonly string[],
    ): Promise<Record<string, AssistantVersion>> =>
      database.forTenant(tenantId).run((em) => liveAssistants(em, tenantId, assistantIds)),

    storeTool: async (tenantId: string, tool: ToolDefinition): Promise<void> => {
      const sql = `insert into tools (tenant_id, id, name, definition) values (?, ?, ?, ?::jsonb)
        on conflict (tenant_id, id) do update set name = excluded.name, definition = excluded.definition, updated_at = now()`;
      await database.forTenant(tenantId).execute(sql, [tenantId, tool.toolId, tool.name, toJsonb(tool)]);
    },

    readTools: async (tenantId: string): Promise<ToolDefinition[]> => {
      const rows = await database
        .forTenant(tenantId)
        .execute<{ definition: ToolDefinition }>('select definition from tools where tenant_id = ? order by id', [
          tenantId,
        ]);
      return rows.map(({ definition }) => definition);
    },
  };
}

/** Inside a job of the tenant: the live version of each assistant that exists. */
export async function liveAssistants(
  em: EntityManager,
  tenantId: string,
  assistantIds: readonly string[],
): Promise<Record<string, AssistantVersion>> {
  if (assistantIds.length === 0) return {};
  const rows = await em.execute<{ id: string; document: AssistantVersion }[]>(
    `select a.id, v.document from assistants a
     join assistant_versions v on v.tenant_id = a.tenant_id and v.assistant_id = a.id and v.version = a.live_version
     where a.tenant_id = ? and a.id in (select jsonb_array_elements_text(?::jsonb))`,
    [tenantId, toJsonb(assistantIds)],
  );
  return Object.fromEntries(rows.map(({ id, document }) => [id, document]));
}

async function publish(em: EntityManager, tenantId: string, draft: AssistantDraft): Promise<AssistantVersion> {
  const { assistantId, name } = draft;
  // The row's lock gives one version number to one publisher; the key on its live version is checked at commit.
  await em.execute(
    `insert into assistants as a (tenant_id, id, name, live_version) values (?, ?, ?, 1)
     on conflict (tenant_id, id) do update set name = excluded.name`,
    [tenantId, assistantId, name],
  );
  const live = (await liveAssistants(em, tenantId, [assistantId]))[assistantId];
  if (live && isDeepStrictEqual(asPublished(draft, live.version), live)) return live;
  const [next] = await em.execute<{ version: number }[]>(
    'select coalesce(max(version), 0) + 1 as version from assistant_versions where tenant_id = ? and assistant_id = ?',
    [tenantId, assistantId],
  );
  const published = asPublished(draft, next?.version ?? 1);
  await em.execute(
    'insert into assistant_versions (tenant_id, assistant_id, version, document) values (?, ?, ?, ?::jsonb)',
    [tenantId, assistantId, published.version, toJsonb(published)],
  );
  await em.execute('update assistants set live_version = ?, updated_at = now() where tenant_id = ? and id = ?', [
    published.version,
    tenantId,
    assistantId,
  ]);
  return published;
}

/** As it comes back from its column: without what is undefined. */
function asPublished(draft: AssistantDraft, version: number): AssistantVersion {
  const whole: AssistantVersion = { ...draft, version, versionId: `${draft.assistantId}@${version}` };
  return JSON.parse(toJsonb(whole));
}

function partsOf(versionId: string): { assistantId: string; version: number } {
  const at = versionId.lastIndexOf('@');
  const version = Number(versionId.slice(at + 1));
  return at > 0 && Number.isSafeInteger(version)
    ? { assistantId: versionId.slice(0, at), version }
    : { assistantId: '', version: 0 };
}
