import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import { createGatewayLossActivities } from '../activities/gateway-loss-activities.ts';
import { gatewayLeaseWorkflowId, gatewayTaskQueue } from '../contracts/ids.ts';
import type { GatewayActivities } from '../contracts/gateway.ts';
import type { GatewayLost } from '../contracts/messages.ts';
import { createGatewayLeaseClient } from '../temporal/gateway-lease-client.ts';
import { useTemporal } from './temporal-fixture.ts';
import { testDataConverter } from './test-keys.ts';

const told: (GatewayLost & { callId: string })[] = [];
const held = new Map<string, string[]>();
/** Ages of a gateway's row, one for each look; the last one stays. */
const ages = new Map<string, (number | undefined)[]>();
const refusals = new Map<string, number>();
const losses = createGatewayLossActivities({
  gateways: {
    gatewayAgeMs: async (id) => {
      const left = ages.get(id) ?? [];
      return left.length > 1 ? left.shift() : left[0];
    },
  },
  lookups: {
    liveCalls: async (of) =>
      (held.get(of?.gatewayId ?? '') ?? []).map((callId) => ({
        tenantId: 'acme',
        callId,
        phase: 'streaming',
        epoch: 3,
        ageMs: 0,
        adopted: false,
      })),
  },
  tellCall: async ({ callId }, lost) => {
    const left = refusals.get(callId) ?? 0;
    refusals.set(callId, left - 1);
    if (left <= 0) told.push({ ...lost, callId });
    return left <= 0;
  },
});
const temporal = useTemporal({ calls: losses });

async function openLease(): Promise<{ gatewayId: string; result: () => Promise<unknown> }> {
  const { client, queueName } = temporal();
  const gatewayId = `g-${randomUUID()}`;
  await createGatewayLeaseClient(client, { taskQueue: queueName('calls') })({ gatewayId });
  return { gatewayId, result: () => client.workflow.getHandle(gatewayLeaseWorkflowId(gatewayId)).result() };
}

async function serve(gatewayId: string, holdLease: GatewayActivities['holdLease']): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const taskQueue = gatewayTaskQueue(gatewayId);
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities: { holdLease },
    dataConverter: testDataConverter,
    shutdownGraceTime: 0,
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

it('tells nobody when a gateway lets go in order', async () => {
  const { gatewayId, result } = await openLease();
  held.set(gatewayId, ['CA1']);
  const stop = await serve(gatewayId, async () => undefined);
  expect(await result()).toBe('drained');
  expect(told.filter((lost) => lost.gatewayId === gatewayId)).toEqual([]);
  await stop();
});

it('tells each call of a gateway that beats no more, once its row is still, and again those that could not be told', async () => {
  const { gatewayId, result } = await openLease();
  held.set(gatewayId, ['CA1', 'CA2']);
  ages.set(gatewayId, [800, 950, 1100]);
  refusals.set('CA2', 1);
  const stop = await serve(gatewayId, async () => {
    Context.current().heartbeat();
    await Context.current().cancelled; // silent from here on
  });
  expect(await result()).toBe('lost');
  expect(told.filter((lost) => lost.gatewayId === gatewayId)).toEqual([
    { gatewayId, epoch: 3, callId: 'CA1' },
    { gatewayId, epoch: 3, callId: 'CA2' },
  ]);
  await stop();
});

it('lets go of the suspicion when the gateway’s row is touched again', async () => {
  const { gatewayId, result } = await openLease();
  held.set(gatewayId, ['CA1']);
  ages.set(gatewayId, [400, 500, 20]);
  const stop = await serve(gatewayId, () => Promise.reject(new Error('the server was away')));
  expect(await result()).toBe('alive');
  expect(told.filter((lost) => lost.gatewayId === gatewayId)).toEqual([]);
  await stop();
});

it('takes a gateway without a row for lost', async () => {
  const { gatewayId, result } = await openLease();
  held.set(gatewayId, ['CA7']);
  ages.set(gatewayId, [undefined]);
  const stop = await serve(gatewayId, () => Promise.reject(new Error('the server was away')));
  expect(await result()).toBe('lost');
  expect(told).toContainEqual({ gatewayId, epoch: 3, callId: 'CA7' });
  await stop();
});
