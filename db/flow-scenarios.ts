import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, messageOf } from '../contracts/errors.ts';
import { readScenario } from '../contracts/flow/scenario/read-scenario.ts';
import type { JsonObject } from '../contracts/tools.ts';
import { toExactJsonb } from './sql-values.ts';

/** By id, such as `closed-on-christmas-eve`. */
export type FlowScenarios = Readonly<Record<string, JsonObject>>;

/** Inside a job that holds the flow's row: puts these in place of all that the flow had. */
export async function writeScenarios(
  em: EntityManager,
  tenantId: string,
  flowId: string,
  scenarios: FlowScenarios,
): Promise<void> {
  await em.execute('delete from flow_scenarios where tenant_id = ? and flow_id = ?', [tenantId, flowId]);
  for (const [id, document] of Object.entries(scenarios))
    await em.execute('insert into flow_scenarios (tenant_id, flow_id, id, document) values (?, ?, ?, ?::jsonb)', [
      tenantId,
      flowId,
      id,
      toExactJsonb(document, `the scenario ${id}`),
    ]);
}

/** Throws `document-invalid` with what is wrong with the first that cannot be played. */
export function assertScenarios(scenarios: FlowScenarios): void {
  for (const [id, document] of Object.entries(scenarios)) assertScenario(id, document);
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
