import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/tools.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

/** By id, such as `closed-on-christmas-eve`. */
export type FlowScenarios = Readonly<Record<string, JsonObject>>;

/** The scenarios of each flow: what must hold before a version is published. */
export function createFlowScenarioStore(database: Database) {
  return {
    /** Puts these in place of all that the flow had. */
    storeScenarios: (tenantId: string, flowId: string, scenarios: FlowScenarios): Promise<void> =>
      database.forTenant(tenantId).run(async (em) => {
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
            toJsonb(document),
          ]);
      }),

    readScenarios: (tenantId: string, flowId: string): Promise<FlowScenarios> =>
      database.forTenant(tenantId).run((em) => readScenarios(em, tenantId, flowId)),
  };
}

/** Inside a job of the tenant. */
export async function readScenarios(em: EntityManager, tenantId: string, flowId: string): Promise<FlowScenarios> {
  const rows = await em.execute<{ id: string; document: JsonObject }[]>(
    'select id, document from flow_scenarios where tenant_id = ? and flow_id = ? order by id',
    [tenantId, flowId],
  );
  return Object.fromEntries(rows.map(({ id, document }) => [id, document]));
}
