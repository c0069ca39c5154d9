import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ContactMapping, ContactTool } from '../contracts/contact-tool.ts';
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import { AppError } from '../contracts/errors.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { PublishedFlow } from '../contracts/messages.ts';
import type { ToolDefinition } from '../contracts/tools.ts';
import { liveAssistants } from './assistants.ts';
import type { Database } from './database.ts';
import { readReferences } from './flow-references.ts';
import { flowVersionId } from './flows.ts';
import { toJsonb } from './sql-values.ts';

export interface PhoneNumber {
  /** E.164. */
  phoneNumber: string;
  /** The carrier's account that the number belongs to. */
  accountId: string;
  flowId: string;
  /** Absent: the number follows the flow's live version. */
  pinnedVersion?: number;
  language: string;
  degradedPlan: DegradedPlan;
  /** The tool that says who calls, before the flow begins. */
  contactTool?: ContactMapping & { toolId: string };
}

/** All that a call to a number needs, read at once: nothing asks the database again between the caller and the answer. */
export interface NumberRoute {
  tenantId: string;
  numberId: string;
  phoneNumber: string;
  accountId: string;
  language: string;
  degradedPlan: DegradedPlan;
  allowedPrivateHosts: readonly string[];
  contactTool?: ContactTool;
  /** With the live versions of its assistants, their tools included. */
  flow: PublishedFlow;
}

export type PhoneNumberStore = ReturnType<typeof createPhoneNumberStore>;

/** The tenants' numbers and where each leads. */
export function createPhoneNumberStore(database: Database) {
  return {
    /**
     * Makes the number where it is missing, else leads it elsewhere; returns its id. Throws `flow-unknown`,
     * `flow-version-unknown` or `tool-unknown` where it would lead nowhere.
     */
    routeNumber: async (tenantId: string, number: PhoneNumber): Promise<string> => {
      const { phoneNumber, accountId, flowId, pinnedVersion, language, degradedPlan, contactTool } = number;
      const { toolId, ...mapping } = contactTool ?? {};
      const params = [
        tenantId,
        randomUUID(),
        phoneNumber,
        accountId,
        flowId,
        pinnedVersion ?? null,
        language,
        toJsonb(degradedPlan),
        toolId ?? null,
        contactTool ? toJsonb(mapping) : null,
      ];
      return database.forTenant(tenantId).run(async (em) => {
        await assertLeadsSomewhere(em, tenantId, number);
        const [row] = await em.execute<{ id: string }[]>(routeSql, params);
        return row?.id ?? '';
      });
    },

    readNumbers: async (tenantId: string): Promise<(PhoneNumber & { numberId: string })[]> => {
      const rows = await database
        .forTenant(tenantId)
        .execute<{ number: PhoneNumber & { numberId: string } }>(listSql, [tenantId]);
      return rows.map(({ number }) => number);
    },

    /**
     * Where a number leads, for the first of these tenants that has it. The tenants are those whose secret verified the
     * request: another tenant may have entered the same number, and must not get the call. Undefined where none has it
     * or nothing has been published behind it.
     */
    routeForNumber: async ({
      tenantIds,
      phoneNumber,
    }: {
      tenantIds: readonly string[];
      phoneNumber: string;
    }): Promise<NumberRoute | undefined> => {
      for (const tenantId of tenantIds) {
        const route = await database.forTenant(tenantId).run((em) => readRoute(em, tenantId, phoneNumber));
        if (route) return route;
      }
      return undefined;
    },
  };
}

async function assertLeadsSomewhere(em: EntityManager, tenantId: string, number: PhoneNumber): Promise<void> {
  const { flowId, pinnedVersion, contactTool } = number;
  const [found] = await em.execute<{ flow: boolean; versions: number[]; tool: boolean }[]>(foundSql, [
    tenantId,
    flowId,
    tenantId,
    flowId,
    tenantId,
    contactTool?.toolId ?? null,
  ]);
  if (!found?.flow) throw new AppError('flow-unknown', `there is no flow ${flowId}`);
  if (pinnedVersion !== undefined && !found.versions.includes(pinnedVersion)) {
    const there = found.versions.length > 0 ? `it has ${found.versions.join(', ')}` : 'it was never published';
    throw new AppError('flow-version-unknown', `the flow ${flowId} has no version ${pinnedVersion}: ${there}`);
  }
  if (contactTool && !found.tool) throw new AppError('tool-unknown', `there is no tool ${contactTool.toolId}`);
}

interface RouteRow extends Omit<NumberRoute, 'flow' | 'contactTool'> {
  flowId: string;
  version: number;
  compiled: CompiledFlow | null;
  contactTool: ToolDefinition | null;
  contactMapping: ContactMapping | null;
}

async function readRoute(em: EntityManager, tenantId: string, phoneNumber: string): Promise<NumberRoute | undefined> {
  const [row] = await em.execute<RouteRow[]>(readSql, [tenantId, phoneNumber]);
  if (!row) return undefined;
  const { flowId, version, compiled: stored, contactTool: tool, contactMapping, ...number } = row;
  const compiled = stored ?? (await compileStored(em, tenantId, flowId, version));
  const assistants = await liveAssistants(em, tenantId, assistantIdsOf(compiled));
  const flow = { flowId, flowVersionId: flowVersionId(flowId, version), version, compiled, assistants };
  return { ...number, ...(tool && contactMapping && { contactTool: { tool, ...contactMapping } }), flow };
}

/** Of a version that was published without its compiled form. */
async function compileStored(
  em: EntityManager,
  tenantId: string,
  flowId: string,
  version: number,
): Promise<CompiledFlow> {
  const [row] = await em.execute<{ document: FlowDocument }[]>(
    'select document from flow_versions where tenant_id = ? and flow_id = ? and version = ?',
    [tenantId, flowId, version],
  );
  if (!row) throw new AppError('flow-version-unknown', `the flow ${flowId} has no version ${version}`);
  const { document } = row;
  return compileFlow(document, await readReferences(em, tenantId, { flowId, document, nowMs: 0 }));
}

/** Those of the subflows as well. */
function assistantIdsOf({ nodes, subflows }: CompiledFlow): string[] {
  const graphs = [nodes, ...Object.values(subflows).map((subflow) => subflow.nodes)];
  const ids = graphs.flatMap((graph) => Object.values(graph).map((node): unknown => Reflect.get(node, 'assistantId')));
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

const foundSql = `select exists (select from flows where tenant_id = ? and id = ?) as flow,
    (select coalesce(jsonb_agg(version order by version), '[]') from flow_versions where tenant_id = ? and flow_id = ?) as versions,
    exists (select from tools where tenant_id = ? and id = ?) as tool`;

const routeSql = `insert into phone_numbers (tenant_id, id, phone_number, account_id, flow_id, pinned_version, language, degraded_plan,
    contact_tool_id, contact_mapping)
  values (?, ?, ?, ?, ?, ?::int, ?, ?::jsonb, ?, ?::jsonb)
  on conflict (tenant_id, phone_number) do update set account_id = excluded.account_id, flow_id = excluded.flow_id,
    pinned_version = excluded.pinned_version, language = excluded.language, degraded_plan = excluded.degraded_plan,
    contact_tool_id = excluded.contact_tool_id, contact_mapping = excluded.contact_mapping
  returning id`;

const listSql = `select jsonb_strip_nulls(jsonb_build_object('numberId', id, 'phoneNumber', phone_number, 'accountId', account_id,
    'flowId', flow_id, 'pinnedVersion', pinned_version, 'language', language, 'degradedPlan', degraded_plan,
    'contactTool', contact_mapping || jsonb_build_object('toolId', contact_tool_id))) as number
  from phone_numbers where tenant_id = ? order by phone_number`;

const readSql = `select n.tenant_id as "tenantId", n.id as "numberId", n.phone_number as "phoneNumber", n.account_id as "accountId",
    n.language, n.degraded_plan as "degradedPlan", t.allowed_private_hosts as "allowedPrivateHosts",
    c.definition as "contactTool", n.contact_mapping as "contactMapping", v.flow_id as "flowId", v.version, v.compiled
  from phone_numbers n
  join tenants t on t.id = n.tenant_id
  join flows f on f.tenant_id = n.tenant_id and f.id = n.flow_id
  join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = coalesce(n.pinned_version, f.live_version)
  left join tools c on c.tenant_id = n.tenant_id and c.id = n.contact_tool_id
  where n.tenant_id = ? and n.phone_number = ?`;
