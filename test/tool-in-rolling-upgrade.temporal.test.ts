import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import { createToolActivities } from '../activities/tool-activities.ts';
import { createToolCallClient } from '../temporal/tool-call-client.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { madeUpTool, madeUpToolCall } from './made-up-tool.ts';
import { useTemporal } from './temporal-fixture.ts';
import { testLog } from './test-keys.ts';
import { type ToolServer, json, startToolServer } from './tool-server.ts';

const tools = createToolActivities({
  readSecret: async () => undefined,
  readSensitive: async () => undefined,
  toolLogs: { writeToolLog: async () => undefined },
  tellCall: async () => undefined,
  log: testLog,
});
/** Who serves the queue of the calls comes from a time in which tools were on their own queue alone. */
const temporal = useTemporal({
  calls: createCallRecordActivities(createMadeUpStores().deps),
  tools: { ...createMadeUpCarrier().activities, ...tools.activities },
});

let server: ToolServer;
beforeAll(async () => {
  server = await startToolServer();
});
afterAll(async () => {
  await tools.close();
  await server.close();
});

it.each([{ idempotent: false }, { idempotent: true }])(
  'a tool ($idempotent) whose task an older worker took is run where all workers know it',
  async ({ idempotent }) => {
    server.received.length = 0;
    server.answers.set('/tool', (response) => json(response, 200, { name: 'Novák' }));
    const { client, queueName } = temporal();
    const tool = madeUpTool({ endpoint: `${server.url}/tool`, idempotent });
    const input = madeUpToolCall(tool, { callId: `CA${randomUUID()}` });
    const result = await createToolCallClient(client, { taskQueue: queueName('calls') }).run(input);
    expect(result).toMatchObject({ status: 'ok', data: { name: 'Novák' }, attempts: 1 });
    expect(server.received).toHaveLength(1);
  },
);
