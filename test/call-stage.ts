import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { GatewayActivities, GatewayCommand, WarmInput } from '../contracts/gateway.ts';
import { gatewayTaskQueue } from '../contracts/ids.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';
import { testDataConverter } from './test-keys.ts';

/** The stores, the carrier and the gateway of the calls of one test file; the gateway takes every command. */
export function useCalls() {
  const { deps, ...stores } = createMadeUpStores();
  const carrier = createMadeUpCarrier();
  const temporal = useTemporal({ calls: createCallRecordActivities(deps), tools: carrier.activities });
  const gatewayId = `g-${randomUUID()}`;
  const warmed: WarmInput[] = [];
  const commands: { epoch: number; command: GatewayCommand }[] = [];
  let stopGateway: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const activities: GatewayActivities = {
      warm: async (input) => void warmed.push(input),
      command: async (input) => void commands.push(input),
      holds: async () => true,
      holdLease: async () => undefined,
    };
    const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
    const worker = await Worker.create({
      connection,
      taskQueue: gatewayTaskQueue(gatewayId),
      activities,
      dataConverter: testDataConverter,
    });
    const running = worker.run();
    stopGateway = async () => {
      worker.shutdown();
      await running;
      await connection.close();
    };
  });
  afterAll(() => stopGateway?.());

  return {
    ...stores,
    carrier,
    temporal,
    gateway: { gatewayId, mediaUrl: 'wss://media.switchboard.test/media' },
    warmed,
    commands,
    /** A call of which nothing has begun, and the kinds of events that it has left. */
    newCall: (flow?: FlowDocument) => {
      const made = newRunningCall(temporal(), flow);
      return { ...made, kinds: () => (stores.events.get(made.callId) ?? []).map(({ kind }) => kind) };
    },
  };
}
