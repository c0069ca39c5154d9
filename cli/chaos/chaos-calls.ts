import { setTimeout as delay } from 'node:timers/promises';
import { callWorkflowId } from '../../contracts/ids.ts';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import { createFileKeyProvider, platformKey } from '../../db/key-provider.ts';
import { createTurnStore } from '../../db/turns.ts';
import type { CallerStep, Scenario } from '../../simulator/scenarios/scenario.ts';
import { connectTemporal } from '../../temporal/client.ts';
import { createNetworkClient } from '../call/network-client.ts';
import { scenarioTenant } from '../call/scenario-tenant.ts';
import { demoAccount } from '../demo/demo-tenants.ts';
import { databaseUrlOf } from '../running/client-config.ts';
import { ownNumber } from '../seed/own-number.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import { seedTenant } from '../seed/seed-tenant.ts';
import type { ChaosStack } from './chaos-stack.ts';
import type { NewCall } from './new-calls.ts';
import type { ChaosCall } from './turn-account.ts';

export interface ChaosCalls {
  /** Rings once; returns the call's id. The caller does what the scenario says, unless told. */
  ring(steps?: readonly CallerStep[]): Promise<string>;
  /** All that is known of a call, once it has ended and its workflow has written its end. */
  collect(callId: string): Promise<ChaosCall & NewCall>;
  close(): Promise<void>;
}

/** From the network's end of a call to the product's last row about it, with processes that come back meanwhile. */
const recordedWithinMs = 60_000;
const endedWithinMs = 10_000;

/** One tenant whose number is rung again and again. */
export async function openChaosCalls({ config, ports }: ChaosStack, scenario: Scenario): Promise<ChaosCalls> {
  const network = createNetworkClient(config.TWILIO_BASE_URL ?? '');
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  const sessions = createCallSessionStore(stores);
  const turns = createTurnStore(stores.database);
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
    namespace: config.TEMPORAL_NAMESPACE,
    platformKeys: [await platformKey(createFileKeyProvider(config.KEY_FILE))],
  });
  const { tenantId, phoneNumber, seed } = scenarioTenant({
    name: scenario.name,
    index: 0,
    language: scenario.language,
    carrier: demoAccount,
    crmPort: ports.SIM_CRM_PORT,
  });
  if (seed) {
    await seedTenant(stores, seed);
    await ownNumber(config, { account: demoAccount, phoneNumber, buy: true });
  }

  async function recorded(callId: string) {
    const deadlineMs = performance.now() + recordedWithinMs;
    for (;;) {
      const call = await sessions.readCall({ tenantId, callId }).catch(() => undefined);
      if (call?.endedAtMs !== undefined || performance.now() > deadlineMs) return call;
      await delay(250);
    }
  }

  /** How its workflow stands, once it is over; that is a moment after the last row. */
  async function workflowStatus(callId: string): Promise<string | undefined> {
    const handle = temporal.client.workflow.getHandle(callWorkflowId(tenantId, callId));
    await Promise.race([handle.result().catch(() => undefined), delay(endedWithinMs, undefined, { ref: false })]);
    return handle.describe().then(
      ({ status }) => status.name,
      () => undefined,
    );
  }

  return {
    ring: (steps = scenario.caller) => network.placeCall({ from: '+420777123456', to: phoneNumber, steps }),
    async collect(callId) {
      const record = await network.settled(callId);
      const call = await recorded(callId);
      return {
        record,
        admittedAtMs: call?.admittedAtMs,
        turns: await turns.readTurns({ tenantId, callId }),
        outcome: call?.endReason,
        workflowStatus: await workflowStatus(callId),
      };
    },
    close: async () => void (await Promise.all([stores.database.close(), temporal.close()])),
  };
}
