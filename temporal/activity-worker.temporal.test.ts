import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { type ToolCallInput, type ToolResult } from '../contracts/tools.ts';
import { freePort } from '../test/free-port.ts';
import { madeUpTool, madeUpToolCall } from '../test/made-up-tool.ts';
import { testDataConverter, testLog, testPlatformKeys } from '../test/test-keys.ts';
import { startActivityWorker } from './activity-worker.ts';
import { connectTemporal } from './client.ts';
import { startDevServer } from './dev-server.ts';
import { createToolCallClient } from './tool-call-client.ts';
import { startWorkerLoop } from './worker-loop.ts';
import { createWorkers } from './workers.ts';

const result: ToolResult = { status: 'ok', retryable: false, hint: 'done', attempts: 1, latencyMs: 1 };

it('connects when Temporal comes, outlives its restart, and stops while it is away', { timeout: 30_000 }, async () => {
  const port = await freePort();
  const temporal = { address: `127.0.0.1:${port}`, namespace: 'default', platformKeys: testPlatformKeys };
  const called: ToolCallInput[] = [];
  const callTool = async (input: ToolCallInput): Promise<ToolResult> => {
    called.push(input);
    return result;
  };
  const gateway = startActivityWorker({ ...temporal, taskQueue: 'calls', activities: { callTool }, log: testLog });
  const calls = startWorkerLoop({
    ...temporal,
    log: testLog,
    createWorkers: (connection) =>
      createWorkers({
        connection,
        namespace: 'default',
        dataConverter: testDataConverter,
        workflowBundle: { codePath: inject('workflowBundlePath') },
        activities: { calls: {}, tools: {}, batch: {} },
      }),
  });
  const { client, isReady, close } = connectTemporal(temporal);
  const tools = createToolCallClient(client);
  const runTool = (): Promise<ToolResult> =>
    tools.run(madeUpToolCall(madeUpTool({ endpoint: 'https://crm.example' }), { callId: `CA${randomUUID()}` }));
  expect(await isReady()).toBe(false);
  expect(gateway.isReady()).toBe(false);

  const server = await startDevServer({ cliPath: inject('temporalCliPath'), port });
  await Promise.all([gateway.ready, calls.ready]);
  expect(await isReady()).toBe(true);
  expect(await runTool()).toEqual(result);

  await server.stop();
  const again = await startDevServer({ cliPath: inject('temporalCliPath'), port });
  expect(await runTool()).toEqual(result);
  expect(called).toHaveLength(2);

  await expect(startDevServer({ cliPath: inject('temporalCliPath'), port })).rejects.toMatchObject({
    code: 'port-in-use',
  });
  await again.stop();
  await Promise.all([gateway.stop(), calls.stop(), close()]);
  expect(gateway.isReady()).toBe(false);
});
