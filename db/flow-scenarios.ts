import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, messageOf } from '../contracts/errors.ts';
import { readScenario } from '../contracts/flow/scenario/read-scenario.ts';
import type { JsonObject } from '../contracts/tools.ts';
import type { Database } from './database.ts';
import { toExactJsonb } from './sql-values.ts';

/** By id, such as `closed-on-christmas-eve`. */
export type FlowScenarios = Readonly<Record<string, JsonObject>>;

/** The scenarios of each flow: what must hold before a version is published. */
export function createFlowScenarioStore(database: Database) {
  return {
    /** Puts these in place of all that the flow had. Throws `document-invalid` with what is wrong with one. */
    storeScenarios: async (tenantId: string, flowId: string, scenarios: FlowScenarios): Promise<void> => {
      for (const [id, document] of Object.entries(scenarios)) assertScenario(id, document);
      await database.forTenant(tenantId).run(async (em) => {
        const [flow] = await em.execute('select 1 as found from flows where tenant_id = ? and id = ? for update', [
          tenantId,
          flowId,
        ]);
        if (!flow) throw new AppError('flow-unknown', `there is no flow ${flowId}`);
        await em.execute('delete from flow_scenarios where tenant_id = ? and flow_id = ?', [tenantId, flowId]);
        for (const [id, document] of Object.entries(scenarios))
          await em.execute('insert into flow_scenarios (tenant_id, flow_id, id, document) values (?, ?, ?, ?::jsonb)', [
            tenantId,
            flowId,
            id,
            toExactJsonb(document, `the scenario ${id}`),
          ]);
      });
    },

    readScenarios: (tenantId: string, flowId: string): Promise<FlowScenarios> =>
      database.forTenant(tenantId).run((em) => readScenarios(em, tenantId, flowId)),
  };
}

function assertScenario(id: string, json: unknown): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id))
    throw new AppError('document-invalid', `"${id}" is no name of a scenario: letters, digits, ".", "_" and "-"`);
  try {
    readScenario(json);
  } catch (cause) {
    throw new AppError('document-invalid', `the scenario ${id}: ${messageOf(cause)}`, { cause });
  }
}

/** Inside a job of the tenant. */
export async function readScenarios(em: EntityManager, tenantId: string, flowId: string): Promise<FlowScenarios> {
  const rows = await em.execute<{ id: string; document: JsonObject }[]>(
    'select id, document from flow_scenarios where tenant_id = ? and flow_id = ? order by id',
    [tenantId, flowId],
  );
  return Object.fromEntries(rows.map(({ id, document }) => [id, document]));
}
