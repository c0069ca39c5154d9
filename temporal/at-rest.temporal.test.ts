import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../test/free-port.ts';
import { testDataConverter, testLog, testPlatformKeys } from '../test/test-keys.ts';
import { type TemporalClient, connectTemporal } from './client.ts';
import { type DevServer, startDevServer } from './dev-server.ts';
import { installRuntime } from './runtime.ts';
import { bundleWorkflows } from './workers.ts';

const phoneNumber = '+420777123456';
const marker = 'leakyWorkflow';
const workflowId = 't/acme/call/CA-at-rest';

let dir: string;
let server: DevServer;
let temporal: TemporalClient;

beforeAll(async () => {
  installRuntime(testLog);
  dir = await mkdtemp(join(tmpdir(), 'switchboard-at-rest-'));
  const workflowsPath = fileURLToPath(new URL('../test/workflows/leaky-workflow.ts', import.meta.url));
  const [workflowBundle, port] = await Promise.all([bundleWorkflows({ workflowsPath }), freePort()]);
  server = await startDevServer({ cliPath: inject('temporalCliPath'), port, dbFile: join(dir, 'temporal.db') });
  temporal = connectTemporal({ address: server.address, namespace: 'default', platformKeys: testPlatformKeys });
  const connection = await NativeConnection.connect({ address: server.address });
  const leakyActivity = async (secret: string): Promise<never> => {
    throw ApplicationFailure.nonRetryable(`busy: ${secret}`, 'Busy', secret);
  };
  const worker = await Worker.create({
    connection,
    taskQueue: 'leaky',
    workflowBundle,
    dataConverter: testDataConverter,
    activities: { leakyActivity },
  });
  await worker.runUntil(runLeakyWorkflow);
  await connection.close();
}, 60_000);

afterAll(async () => {
  await temporal.close();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

let failureText: string;
let queried: unknown;
let details: unknown;

async function runLeakyWorkflow(): Promise<void> {
  const { client } = temporal;
  const handle = await client.workflow.start(marker, {
    workflowId,
    taskQueue: 'leaky',
    args: [phoneNumber],
    memo: { caller: phoneNumber },
    staticSummary: `call from ${phoneNumber}`,
    staticDetails: `details: ${phoneNumber}`,
  });
  queried = await handle.query('echo');
  details = await handle.query('__temporal_workflow_metadata');
  await handle.signal('tell', phoneNumber);
  const failure: unknown = await handle.result().catch((thrown: unknown) => thrown);
  failureText = failure instanceof Error && failure.cause instanceof Error ? failure.cause.message : '';
}

describe('what the server keeps of a call', () => {
  it('is nowhere in clear in its files: arguments, memo, summaries, details, signals, failures', async () => {
    const files = await readdir(dir);
    const stored = Buffer.concat(await Promise.all(files.map((file) => readFile(join(dir, file)))));
    expect(files).toContain('temporal.db-wal');
    expect(stored.includes(marker)).toBe(true);
    expect(stored.includes(phoneNumber)).toBe(false);
    expect(stored.includes(Buffer.from(phoneNumber).toString('base64').slice(0, 16))).toBe(false);
  });

  it('is readable to whoever holds the key', async () => {
    const described = await temporal.client.workflow.getHandle(workflowId).describe();
    expect(described.memo).toEqual({ caller: phoneNumber });
    expect(await described.staticSummary()).toBe(`call from ${phoneNumber}`);
    expect(failureText).toBe(`could not reach ${phoneNumber}`);
    expect(queried).toBe(phoneNumber);
    expect(JSON.stringify(details)).toContain(phoneNumber);
  });

  it('is unreadable with another key, and says so', async () => {
    const stranger = connectTemporal({
      address: server.address,
      namespace: 'default',
      platformKeys: [Buffer.alloc(32, 'another key')],
    });
    await expect(stranger.client.workflow.getHandle(workflowId).describe()).rejects.toThrow(/no key/);
    await stranger.close();
  });
});
