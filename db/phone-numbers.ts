import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { PublishedFlow } from '../contracts/messages.ts';
import { liveAssistants } from './assistants.ts';
import type { Database } from './database.ts';
import { flowVersion } from './flows.ts';
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
  /** With the live versions of its assistants, their tools included. */
  flow: PublishedFlow;
}

export type PhoneNumberStore = ReturnType<typeof createPhoneNumberStore>;

/** The tenants' numbers and where each leads. */
export function createPhoneNumberStore(database: Database) {
  return {
    /** Makes the number where it is missing, else leads it elsewhere; returns its id. */
    routeNumber: async (tenantId: string, number: PhoneNumber): Promise<string> => {
      const { phoneNumber, accountId, flowId, pinnedVersion, language, degradedPlan } = number;
      const params = [
        tenantId,
        randomUUID(),
        phoneNumber,
        accountId,
        flowId,
        pinnedVersion ?? null,
        language,
        toJsonb(degradedPlan),
      ];
      const [row] = await database.forTenant(tenantId).run((em) => em.execute<{ id: string }[]>(routeSql, params));
      return row?.id ?? '';
    },

    readNumbers: async (tenantId: string): Promise<(PhoneNumber & { numberId: string })[]> => {
      const rows = await database
        .forTenant(tenantId)
        .run((em) => em.execute<{ number: PhoneNumber & { numberId: string } }[]>(listSql, [tenantId]));
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

interface RouteRow extends Omit<NumberRoute, 'flow'> {
  flowId: string;
  version: number;
  document: FlowDocument;
}

async function readRoute(em: EntityManager, tenantId: string, phoneNumber: string): Promise<NumberRoute | undefined> {
  const [row] = await em.execute<RouteRow[]>(readSql, [tenantId, phoneNumber]);
  if (!row) return undefined;
  const { flowId, version, document, ...number } = row;
  const assistants = await liveAssistants(em, tenantId, assistantIdsOf(document));
  const { flowVersionId } = flowVersion(flowId, version, document);
  const compiled = compileFlow(document, { assistants });
  return { ...number, flow: { flowId, flowVersionId, version, compiled, assistants } };
}

function assistantIdsOf(document: FlowDocument): string[] {
  return Object.values(document.nodes).flatMap((node) => (node.type === 'assistant' ? [node.assistantId] : []));
}

const routeSql = `insert into phone_numbers (tenant_id, id, phone_number, account_id, flow_id, pinned_version, language, degraded_plan)
  values (?, ?, ?, ?, ?, ?::int, ?, ?::jsonb)
  on conflict (tenant_id, phone_number) do update set account_id = excluded.account_id, flow_id = excluded.flow_id,
    pinned_version = excluded.pinned_version, language = excluded.language, degraded_plan = excluded.degraded_plan
  returning id`;

const listSql = `select jsonb_strip_nulls(jsonb_build_object('numberId', id, 'phoneNumber', phone_number, 'accountId', account_id,
    'flowId', flow_id, 'pinnedVersion', pinned_version, 'language', language, 'degradedPlan', degraded_plan)) as number
  from phone_numbers where tenant_id = ? order by phone_number`;

const readSql = `select n.tenant_id as "tenantId", n.id as "numberId", n.phone_number as "phoneNumber", n.account_id as "accountId",
    n.language, n.degraded_plan as "degradedPlan", t.allowed_private_hosts as "allowedPrivateHosts",
    v.flow_id as "flowId", v.version, v.document
  from phone_numbers n
  join tenants t on t.id = n.tenant_id
  join flows f on f.tenant_id = n.tenant_id and f.id = n.flow_id
  join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = coalesce(n.pinned_version, f.live_version)
  where n.tenant_id = ? and n.phone_number = ?`;
