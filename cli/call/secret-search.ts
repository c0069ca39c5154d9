import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { callWorkflowId, toolCallWorkflowId } from '../../contracts/ids.ts';
import type { Database } from '../../db/database.ts';
import { createToolLogStore } from '../../db/tool-logs.ts';

/** What a caller typed and said while nobody was to listen. */
export interface Secret {
  digits: string;
  /** The phrase that he said meanwhile, as the simulated model would name it. */
  phraseId: string;
}

export interface SecretSearchDeps {
  database: Database;
  client: Client;
  /** The simulated model's address, and the key under which it keeps this call's sessions. */
  modelUrl: string | undefined;
  modelKey: string;
}

/** Looks for a secret wherever it must not stand: what the model got, the database, the payloads of the workflows. */
export async function secretFaults(
  { database, client, modelUrl, modelKey }: SecretSearchDeps,
  key: { tenantId: string; callId: string },
  { digits, phraseId }: Secret,
): Promise<string[]> {
  const faults: string[] = [];
  const spelled = new RegExp([...digits].join('\\W{0,3}'));
  const sessions = await fetch(`${modelUrl}/_sim/sessions?key=${modelKey}`).then((response) => response.text());
  if (!sessions.includes('cs-')) faults.push('the model has no record of this call');
  if (spelled.test(sessions)) faults.push('the digits reached the model');
  if (sessions.includes(phraseId)) faults.push('what was said beside the digits reached the model');

  const tables = await database.forTenant(key.tenantId).run(async (em) => {
    const names = await em.execute<{ name: string }[]>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const found: string[] = [];
    for (const { name } of names) {
      const rows = await em.execute(`select 1 from "${name}" as t where t::text ~ ? limit 1`, [spelled.source]);
      if (rows.length > 0) found.push(name);
    }
    return found;
  });
  faults.push(...tables.map((name) => `the digits stand in the table ${name}`));

  const tools = await createToolLogStore(database).readToolLogs(key);
  const workflowIds = [
    callWorkflowId(key.tenantId, key.callId),
    ...tools.map(({ functionCallId }) => toolCallWorkflowId(key.tenantId, key.callId, functionCallId)),
  ];
  for (const workflowId of workflowIds) {
    // As it is stored: nothing here decodes a payload.
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    const bytes = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish());
    if (bytes.includes(digits)) faults.push(`the digits stand in the clear in the history of ${workflowId}`);
  }
  return faults;
}
